/* SPDX-License-Identifier: MIT */
/* See view_json.h. */
#include "awaitctl/ps/view_json.h"

#include "awaitctl/common/json_put.h"
#include "awaitctl/ps/row_text.h"
#include "awaitctl/ps/view_warnings.h"
#include "common/await_text.h"

#include <await/core.h>

#include <inttypes.h>

static void id(uint64_t number, FILE *out)
{
	char text[32];

	words_id(number, text);
	json_put_string(text, out);
}

static void states(const uint64_t *counts, FILE *out)
{
	fputc('{', out);
	for (uint32_t i = AWAIT_PENDING; i <= AWAIT_CANCELLED; i++)
		fprintf(out, "%s\"%s\": %" PRIu64,
			i > AWAIT_PENDING ? ", " : "", state_name(i),
			counts[i]);
	fputc('}', out);
}

static void site(const struct names_site *site, FILE *out)
{
	json_put_member("type", view_type(site), out);
	json_put_member("function", view_function(site), out);
	if (!site->known)
		return;
	json_put_member("file", site->file, out);
	fprintf(out, ", \"line\": %" PRIu32, site->line);
	json_put_member("in", site->function, out);
}

static void row(struct view *view, struct view_row *row, FILE *out)
{
	uint32_t state = view_state(row);
	const char *given = given_names_find(&row->copy->given, row->seen.id);
	struct words words;
	char name[32];

	words_take(&words, view, row);
	fputs("{\"id\": ", out);
	id(row->seen.id, out);
	if (*given)
		json_put_member("name", given, out);
	json_put_member("state", state_name(state), out);
	site(row->site, out);
	if (words_static(row))
		fputs(", \"static\": true", out);
	if (words.whole) {
		json_put_member("call", words.call, out);
		if (state == AWAIT_RESOLVED)
			json_put_member("value", words.value, out);
	}
	if (state == AWAIT_FAILED && !row->seen.unsteady) {
		words_error_name(row->seen.error, name);
		fprintf(out, ", \"error\": %" PRId32, row->seen.error);
		json_put_member("error_name", name, out);
	}
	if (!row->seen.unsteady)
		fprintf(out, ", \"attempts\": %" PRIu32,
			row->seen.serial & SERIAL_ATTEMPTS);
	if (words.tid)
		fprintf(out, ", \"thread\": %" PRIu32, words.tid);
	if (words.stop)
		fputs(", \"stop_asked\": true", out);
	fprintf(out, ", \"waiters\": %zu", view_waiters(view, &row->seen));
	if (*words.alone)
		json_put_member("held", words.alone, out);
	json_put_member("library", row->copy->object, out);
	fputc('}', out);
}

static void rows(struct view *view, FILE *out)
{
	fputs(",\n\"list\": [", out);
	for (size_t i = 0; i < view->count; i++) {
		fputs(i ? ",\n " : "\n ", out);
		row(view, &view->rows[i], out);
	}
	fputs("]", out);
}

static void groups(const struct view *view, FILE *out)
{
	size_t limit = view->options->limit;

	fputs(",\n\"groups\": [", out);
	for (size_t i = 0; i < view->group_count && (!limit || i < limit);
	     i++) {
		const struct view_group *group = &view->groups[i];

		fprintf(out, "%s{\"awaits\": %" PRIu64, i ? ",\n " : "\n ",
			group->total);
		switch (view->options->group) {
		case VIEW_BY_STATE:
			json_put_member("state", state_name(group->state), out);
			break;
		case VIEW_BY_SITE:
			site(group->site, out);
			break;
		case VIEW_BY_FUNCTION:
			json_put_member("function", view_function(group->site),
					out);
			/* fall through */
		default:
			json_put_member("type", view_type(group->site), out);
			break;
		}
		fputs(", \"states\": ", out);
		states(group->states, out);
		fputc('}', out);
	}
	fputs("]", out);
}

static void threads(const struct view *view, FILE *out)
{
	bool any = false;
	char name[64];

	fputs(",\n\"threads\": [", out);
	for (size_t i = 0; i < view->threads.count; i++) {
		const struct thread_seen *thread = &view->threads.threads[i];

		if (thread->moving)
			continue;
		process_name(view->process->memory.pid, thread->tid, name);
		fprintf(out, "%s{\"tid\": %" PRIu32, any ? ",\n " : "\n ",
			thread->tid);
		json_put_member("name", name, out);
		fputs(", \"runs\": [", out);
		for (size_t j = 0; j < thread->run_count; j++) {
			fputs(j ? ", " : "", out);
			id(thread->runs[j].id, out);
		}
		fputc(']', out);
		if (thread->blocked) {
			fputs(", \"waits_for\": ", out);
			id(thread->on.id, out);
		}
		for (size_t j = 0; j < thread->any_count; j++) {
			fputs(j ? ", " : ", \"waits_for_any\": [", out);
			id(thread->any[j].id, out);
		}
		fputs(thread->any_count ? "]" : "", out);
		if (thread->blocked && thread->on_tid && !thread->any)
			fprintf(out, ", \"run_by\": %" PRIu32, thread->on_tid);
		json_put_member("library", thread->copy->object, out);
		fputc('}', out);
		any = true;
	}
	fputs("]", out);
}

static void print_cycles(const struct view *view, FILE *out)
{
	fputs(",\n\"deadlocks\": [", out);
	for (size_t i = 0; i < view->cycles.count; i++) {
		const struct cycle *cycle = &view->cycles.cycles[i];

		fputs(i ? ", [" : "[", out);
		for (size_t j = 0; j < cycle->count; j++)
			fprintf(out, "%s%" PRIu32, j ? ", " : "",
				view->threads.threads[cycle->threads[j]].tid);
		fputc(']', out);
	}
	fputs("]", out);
}

struct list {
	FILE *out;
	bool any;
};

static void warning(void *data, const char *name, const char *text)
{
	struct list *list = data;

	(void)name;
	fputs(list->any ? ", " : "", list->out);
	json_put_string(text, list->out);
	list->any = true;
}

static void warnings(const struct view *view, FILE *out)
{
	struct list list = { .out = out };

	fputs(",\n\"warnings\": [", out);
	view_warnings(view, warning, &list);
	fputs("]", out);
}

void view_json_print(struct view *view, FILE *out)
{
	fprintf(out, "{\"pid\": %d,\n\"libraries\": [",
		(int)view->process->memory.pid);
	for (size_t i = 0; i < view->process->count; i++) {
		fputs(i ? ", " : "", out);
		json_put_string(view->process->copies[i]->object, out);
	}
	fprintf(out, "],\n\"awaits\": %" PRIu64 ",\n\"states\": ", view->total);
	states(view->states, out);
	fprintf(out, ",\n\"matching\": %" PRIu64, view->matching);
	if (view->options->group == VIEW_BY_NONE)
		rows(view, out);
	else
		groups(view, out);
	threads(view, out);
	print_cycles(view, out);
	warnings(view, out);
	fputs("}\n", out);
}
