/* SPDX-License-Identifier: MIT */
/* See view_text.h. */
#include "awaitctl/ps/view_text.h"

#include "awaitctl/common/text_table.h"
#include "awaitctl/ps/row_text.h"
#include "awaitctl/ps/view_warnings.h"
#include "common/await_text.h"
#include "common/printable.h"

#include <await/core.h>

#include <inttypes.h>
#include <string.h>

enum {
	WIDE = 60,
	CELL_MAX = 3 * WORDS_MAX,
	AWAIT_MAX = WORDS_ID_MAX + 96 + NAME_MAX_SIZE,
	AWAIT_SHOWN_MAX = PRINTABLE_SIZE(AWAIT_MAX)
};

static bool has_copies(const struct view *view)
{
	return view->process->count > 1;
}

void view_text_counts(const struct view *view, FILE *out)
{
	const struct process *process = view->process;
	const char *separator = ": ";

	fprintf(out, "%" PRIu64 " await%s", view->total,
		view->total == 1 ? "" : "s");
	for (uint32_t i = AWAIT_PENDING; i < VIEW_STATES; i++) {
		if (!view->states[i])
			continue;
		fprintf(out, "%s%" PRIu64 " %s", separator, view->states[i],
			state_name(i));
		separator = ", ";
	}
	fputc('\n', out);
	if (!has_copies(view))
		return;
	fprintf(out, "%zu copies of libawait, each with ids of its own:",
		process->count);
	for (size_t i = 0; i < process->count; i++) {
		fputs(i ? ", " : " ", out);
		printable_put(process->copies[i]->object, out);
	}
	fputc('\n', out);
}

/* Cuts text to WIDE bytes at most, never inside a character. */
static void cut(char *text)
{
	size_t end = WIDE - 3;

	if (strlen(text) <= WIDE)
		return;
	while (end > 0 && ((unsigned char)text[end] & 0xc0) == 0x80)
		end--;
	strcpy(text + end, "...");
}

static void add_thread_cell(struct text_table *table, const struct view *view,
			    const struct words *words,
			    const struct view_row *row)
{
	size_t waiters = view_waiters(view, &row->seen);
	char runs[48] = "", waits[48] = "";

	if (words->tid)
		snprintf(runs, sizeof(runs), "%" PRIu32 "%s", words->tid,
			 words->stop ? STOP_TEXT : "");
	if (waiters)
		snprintf(waits, sizeof(waits), "%zu wait%s", waiters,
			 waiters == 1 ? "s" : "");
	text_table_add(table, "%s%s%s", runs, *runs && *waits ? ", " : "",
		       waits);
}

static void add_row(struct text_table *table, const struct view *view,
		    struct view_row *row)
{
	char id[WORDS_ID_MAX], site[2 * NAME_MAX_SIZE + 32], error[128],
		what[CELL_MAX];
	struct words words;

	words_take(&words, view, row);
	words_named_id(row->copy, &row->seen, id);
	words_created(row, site, sizeof(site));
	words_error(row, error, sizeof(error));
	snprintf(what, sizeof(what), "%s%s%s%s%s%s", words.call,
		 *words.value ? " = " : "", words.value, error,
		 *words.alone ? ", " : "", words.alone);
	cut(what);
	text_table_add(table, "%s", id);
	text_table_add(table, "%s", state_name(view_state(row)));
	text_table_add(table, "%s", view_type(row->site));
	text_table_add(table, "%s", what);
	text_table_add(table, "%s", site);
	add_thread_cell(table, view, &words, row);
	if (has_copies(view))
		text_table_add(table, "%s", row->copy->object);
}

static void print_rows(struct view *view, FILE *out)
{
	static const char *const heads[] = { "Id",     "State",	  "Type",
					     "Await",  "Created", "Thread",
					     "Library" };
	size_t columns = has_copies(view) ? 7 : 6;
	struct text_table table = { .align = &"lllllll"[7 - columns] };

	if (!view->count)
		return;
	for (size_t i = 0; i < columns; i++)
		text_table_add(&table, "%s", heads[i]);
	for (size_t i = view->options->skip; i < view->count; i++)
		add_row(&table, view, &view->rows[i]);
	text_table_print(&table, out);
}

static void add_group(struct text_table *table, const struct view *view,
		      const struct view_group *group)
{
	char site[NAME_MAX_SIZE + 32];

	text_table_add(table, "%" PRIu64, group->total);
	if (view->options->group == VIEW_BY_STATE) {
		text_table_add(table, "%s", state_name(group->state));
		return;
	}
	for (uint32_t i = AWAIT_PENDING; i <= AWAIT_CANCELLED; i++)
		text_table_add(table, "%" PRIu64, group->states[i]);
	if (view->options->group != VIEW_BY_TYPE)
		text_table_add(table, "%s", view_function(group->site));
	if (view->options->group != VIEW_BY_SITE)
		text_table_add(table, "%s", view_type(group->site));
	if (view->options->group == VIEW_BY_SITE) {
		words_site(group->site, site, sizeof(site));
		text_table_add(table, "%s", site);
	}
}

static void add_group_heads(struct text_table *table, enum view_key group)
{
	static const char *const states[] = { "Pending", "Running", "Resolved",
					      "Failed", "Cancelled" };

	text_table_add(table, "Awaits");
	if (group == VIEW_BY_STATE) {
		text_table_add(table, "State");
		return;
	}
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		text_table_add(table, "%s", states[i]);
	if (group != VIEW_BY_TYPE)
		text_table_add(table, "Function");
	text_table_add(table, group == VIEW_BY_SITE ? "Created" : "Type");
}

/* How many of them are shown. */
static size_t groups_shown(const struct view *view)
{
	size_t limit = view->options->limit;

	return limit && limit < view->group_count ? limit : view->group_count;
}

/* A letter for each of add_group_heads(). */
static const char *group_align(enum view_key group)
{
	switch (group) {
	case VIEW_BY_STATE:
		return "rl";
	case VIEW_BY_TYPE:
		return "rrrrrrl";
	default:
		return "rrrrrrll";
	}
}

static void print_groups(struct view *view, FILE *out)
{
	enum view_key group = view->options->group;
	struct text_table table = { .align = group_align(group) };

	if (!view->group_count)
		return;
	add_group_heads(&table, group);
	for (size_t i = view->options->skip; i < groups_shown(view); i++)
		add_group(&table, view, &view->groups[i]);
	text_table_print(&table, out);
}

void view_text_table(struct view *view, FILE *out)
{
	if (view->options->group == VIEW_BY_NONE)
		print_rows(view, out);
	else
		print_groups(view, out);
	if (view->total && !view->matching)
		fputs("None of them matches.\n", out);
}

/* --- threads --- */

/* "#12.3 fetch", and the library if there are several copies of libawait. */
static void name_await(const struct view *view, char text[AWAIT_SHOWN_MAX],
		       const struct thread_seen *thread,
		       const struct slots_await *seen)
{
	struct process_copy *copy = (struct process_copy *)thread->copy;
	const struct names_site *site = names_site_at(&copy->names, seen->site);
	char id[WORDS_ID_MAX], raw[AWAIT_MAX];

	words_named_id(copy, seen, id);
	snprintf(raw, sizeof(raw), "%s %s%s%s%s", id,
		 site ? view_function(site) : "?", has_copies(view) ? " (" : "",
		 has_copies(view) ? copy->object : "",
		 has_copies(view) ? ")" : "");
	printable_copy(text, AWAIT_SHOWN_MAX, raw);
}

/* "any of #3 f, #4 g". As many are shown as gdb's scripts show. */
static void print_any(const struct view *view, const struct thread_seen *thread,
		      FILE *out)
{
	enum { SHOWN = 8 };
	char await[AWAIT_SHOWN_MAX];

	fputs("any of ", out);
	for (size_t i = 0; i < thread->any_count && i < SHOWN; i++) {
		name_await(view, await, thread, &thread->any[i]);
		fprintf(out, "%s%s", i ? ", " : "", await);
	}
	fputs(thread->any_count > SHOWN ? ", ..." : "", out);
}

static void print_thread(const struct view *view,
			 const struct thread_seen *thread, FILE *out)
{
	char await[AWAIT_SHOWN_MAX], name[64];

	process_name(view->process->memory.pid, thread->tid, name);
	fprintf(out, "Thread %" PRIu32 "%s", thread->tid, *name ? " (" : "");
	printable_put(name, out);
	fputs(*name ? ")" : "", out);
	for (size_t i = 0; i < thread->run_count; i++) {
		name_await(view, await, thread, &thread->runs[i]);
		fprintf(out, "%s %s", i ? ", in it" : " runs", await);
	}
	if (thread->blocked)
		fprintf(out, "%s waits for ", thread->run_count ? "," : "");
	if (thread->any_count > 1) {
		print_any(view, thread, out);
	} else if (thread->blocked) {
		name_await(view, await, thread, &thread->on);
		fputs(await, out);
		if (thread->on_tid)
			fprintf(out, ", which thread %" PRIu32 " runs",
				thread->on_tid);
		else if (slots_state(&thread->copy->slots, &thread->on) ==
			 AWAIT_PENDING)
			fputs(", which nobody has settled", out);
	}
	fputc('\n', out);
}

static void print_cycle(const struct view *view, const struct cycle *cycle,
			FILE *out)
{
	const struct thread_seen *threads = view->threads.threads;
	char await[AWAIT_SHOWN_MAX];

	fprintf(out, "DEADLOCK: thread %" PRIu32,
		threads[cycle->threads[0]].tid);
	for (size_t i = 0; i < cycle->count; i++) {
		const struct thread_seen *thread = &threads[cycle->threads[i]];

		name_await(view, await, thread, &thread->on);
		fprintf(out, "%s waits for %s, run by thread %" PRIu32,
			i ? ", which" : "", await, thread->on_tid);
	}
	fputc('\n', out);
}

void view_text_threads(const struct view *view, FILE *out)
{
	for (size_t i = 0; i < view->cycles.count; i++)
		print_cycle(view, &view->cycles.cycles[i], out);
	for (size_t i = 0; i < view->threads.count; i++) {
		const struct thread_seen *thread = &view->threads.threads[i];

		if (!thread->moving)
			print_thread(view, thread, out);
	}
}

static void print_warning(void *data, const char *name, const char *text)
{
	(void)name;
	fputs("warning: ", data);
	printable_put(text, data);
	fputc('\n', data);
}

void view_text_warnings(const struct view *view, FILE *out)
{
	view_warnings(view, print_warning, out);
}

static void print_more(const struct view *view, const char *hint, FILE *out)
{
	uint64_t all = view->matching, shown = view->count;

	if (view->options->group != VIEW_BY_NONE) {
		all = view->group_count;
		shown = groups_shown(view);
	}
	if (all > shown)
		fprintf(out, "%" PRIu64 " more%s\n", all - shown, hint);
}

void view_text_print(struct view *view, const char *hint, FILE *out)
{
	view_text_counts(view, out);
	view_text_table(view, out);
	print_more(view, hint, out);
	if (view->threads.count)
		fputc('\n', out);
	view_text_threads(view, out);
	view_text_warnings(view, out);
}
