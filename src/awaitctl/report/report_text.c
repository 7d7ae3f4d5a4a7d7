/* SPDX-License-Identifier: MIT */
/* See report_text.h. */
#include "awaitctl/report/report_text.h"

#include "awaitctl/common/text_table.h"
#include "awaitctl/common/say.h"
#include "awaitctl/report/cells.h"
#include "awaitctl/report/model_warnings.h"
#include "awaitctl/report/unfinished_text.h"
#include "awaitctl/tracedir/filtered.h"
#include "common/await_text.h"
#include "common/printable.h"

#include <await/core.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES_MAX = 8 };

struct doubts {
	FILE *out;
	bool any;
};

static void print_doubt(void *data, const char *name, const char *text)
{
	struct doubts *doubts = data;

	(void)name;
	fputs("*** ", doubts->out);
	printable_put(text, doubts->out);
	fputs(": counts below are too low, NEVER WAITED may be too high ***\n",
	      doubts->out);
	doubts->any = true;
}

static void print_doubts(const struct model *model, FILE *out)
{
	struct doubts doubts = { .out = out };

	model_warnings(model, print_doubt, &doubts);
	if (doubts.any)
		fputc('\n', out);
}

/* How many of a filter's characters are shown. */
enum { FILTER_SHOWN = 200 };

/* What the recording left out on purpose, and what is unknown therefore. */
static void print_filter(const struct model *model, FILE *out)
{
	const struct filtered *filtered = model->filtered;
	char text[FILTER_SHOWN + 4];
	bool cut;

	if (!filtered)
		return;
	cut = strlen(filtered->text) > FILTER_SHOWN;
	snprintf(text, sizeof(text), "%.*s%s", FILTER_SHOWN, filtered->text,
		 cut ? "..." : "");
	fputs("Recorded with the filter ", out);
	printable_put(text, out);
	fputs(". It was for", out);
	for (char *const *event = filtered->events; *event; event++) {
		fputs(event == filtered->events ? " " : ", ", out);
		printable_put(*event, out);
	}
	fprintf(out, ": others of these events are not counted%s.\n\n",
		model->waits_unknown || model->ends_unknown ?
			", and what a filter hides is unknown" :
			"");
}

static void print_name(const struct model_process *process, FILE *out)
{
	char name[64];

	snprintf(name, sizeof(name), "%s", process->name ? process->name : "");
	printable_put(*name ? name : "?", out);
	fprintf(out, " (%" PRId64 ")", process->vpid);
}

/* What the trace has beside the recording's processes. */
static void print_left_out(const struct model *model, FILE *out)
{
	size_t count = model->process_count - model->counted, printed = 0;

	if (!count)
		return;
	if (model->perhaps)
		fprintf(out,
			"Counted, though they do not say what recording they "
			"are of: %zu of the processes.\n",
			model->perhaps);
	fprintf(out, "Left out, as they are not of this recording: ");
	for (size_t i = 0; i < model->process_count && printed < NAMES_MAX;
	     i++) {
		if (model->processes[i]->belonging != BELONGS_NOT)
			continue;
		fputs(printed++ ? ", " : "", out);
		print_name(model->processes[i], out);
	}
	if (count > printed)
		fprintf(out, " and %zu more", count - printed);
	fputs("; see --all\n\n", out);
}

static void print_children(const struct model *model, FILE *out)
{
	if (!model->child_count)
		return;
	fprintf(out, "Not counted, as LTTng could not record it: ");
	for (size_t i = 0; i < model->child_count && i < NAMES_MAX; i++) {
		fprintf(out, "%schild %" PRId64 " of ", i ? ", " : "",
			model->children[i].vpid);
		print_name(model->children[i].parent, out);
	}
	if (model->child_count > NAMES_MAX)
		fprintf(out, " and %zu more", model->child_count - NAMES_MAX);
	fputs("; see Processes in docs/tracing.md\n\n", out);
}

/* Nothing tells a process that was killed from one that goes on. */
static void print_unended(const struct model *model, FILE *out)
{
	size_t printed = 0;

	for (size_t i = 0; i < model->process_count; i++) {
		const struct model_process *process = model->processes[i];

		if (process->belonging == BELONGS_NOT || process->has_ended ||
		    !process->running || printed == NAMES_MAX)
			continue;
		fputs(printed++ ? ", " :
				  "Still running, or ended by a signal, "
				  "_exit() or exec in a run: ",
		      out);
		print_name(process, out);
	}
	if (printed)
		fputs("\n\n", out);
}

static struct model_function sum(const struct model *model)
{
	struct model_function all = { 0 };

	for (size_t i = 0; i < model->function_count; i++) {
		const struct model_function *function = model->functions[i];

		all.created += function->created;
		all.runs += function->runs;
		all.failed += function->failed;
		all.running += function->running;
		all.cut_short += function->cut_short;
		all.hits += function->hits;
		all.never_waited += function->never_waited;
	}
	return all;
}

static void print_known(uint64_t count, bool known, const char *what, FILE *out)
{
	if (known)
		fprintf(out, "%" PRIu64 "%s", count, what);
	else
		fprintf(out, "unknown%s", what);
}

static void print_totals(const struct model *model, FILE *out)
{
	struct model_function all = sum(model);

	fprintf(out, "Awaits: %" PRIu64 " created, %" PRIu64 " runs, ",
		all.created, all.runs);
	print_known(all.failed, !model->ends_unknown, " failed, ", out);
	fprintf(out, "%" PRIu64 " cached hits, ", all.hits);
	print_known(all.never_waited, !model->waits_unknown, " never waited, ",
		    out);
	print_known(all.running, !model->ends_unknown, " still running", out);
	if (all.cut_short)
		fprintf(out, ", %" PRIu64 " ended by the end of their process",
			all.cut_short);
	fprintf(out, " (functions: %zu, processes: %zu)\n\n",
		model->function_count, model->counted);
}

static int by_total(const void *left, const void *right)
{
	const struct model_function *a = *(struct model_function *const *)left;
	const struct model_function *b = *(struct model_function *const *)right;

	if (a->total_ns != b->total_ns)
		return a->total_ns < b->total_ns ? 1 : -1;
	return strcmp(a->name, b->name);
}

static void add_known(struct text_table *table, uint64_t count, bool known)
{
	if (known)
		text_table_add(table, "%" PRIu64, count);
	else
		text_table_add(table, "?");
}

static void add_function(struct text_table *table, const struct model *model,
			 const struct model_function *function)
{
	char total[CELL_DURATION_SIZE], max[CELL_DURATION_SIZE];

	text_table_add(table, "%s", function->name);
	text_table_add(table, "%s", *function->type ? function->type : "?");
	text_table_add(table, "%" PRIu64, function->created);
	text_table_add(table, "%" PRIu64, function->runs);
	add_known(table, function->failed, !model->ends_unknown);
	text_table_add(table, "%" PRIu64, function->hits);
	add_known(table, function->never_waited, !model->waits_unknown);
	text_table_add(table, "%s", cell_duration(total, function->total_ns));
	text_table_add(table, "%s", cell_duration(max, function->max_ns));
}

static void print_functions(const struct model *model, FILE *out)
{
	static const char *const heads[] = {
		"FUNCTION", "TYPE",	    "CREATED", "RUNS", "FAILED",
		"HITS",	    "NEVER WAITED", "TOTAL",   "MAX",
	};
	struct text_table table = { .align = "llrrrrrrr" };

	if (model->function_count)
		qsort(model->functions, model->function_count,
		      sizeof(*model->functions), by_total);
	cell_heads(&table, heads, sizeof(heads) / sizeof(heads[0]));
	for (size_t i = 0; i < model->function_count; i++)
		add_function(&table, model, model->functions[i]);
	text_table_print(&table, out);
	fputs("TOTAL and MAX are run times, with the waits for other awaits "
	      "inside.\n",
	      out);
}

/* Only functions that have any: a trace may lack these events. */
static void print_ends(const struct model *model, FILE *out)
{
	static const char *const heads[] = {
		"FUNCTION", "TYPE",   "TIMED OUT",
		"REFUSED",  "FAILED", "CANCELLED"
	};
	struct text_table table = { .align = "llrrrr" };
	bool any = false;

	for (size_t i = 0; i < model->function_count; i++) {
		const struct model_function *function = model->functions[i];
		uint64_t count = 0;

		for (int end = 0; end < MODEL_ENDS; end++)
			count += function->ends[end];
		if (!count)
			continue;
		if (!any)
			cell_heads(&table, heads,
				   sizeof(heads) / sizeof(heads[0]));
		any = true;
		text_table_add(&table, "%s", function->name);
		text_table_add(&table, "%s",
			       *function->type ? function->type : "?");
		for (int end = 0; end < MODEL_ENDS; end++)
			text_table_add(&table, "%" PRIu64, function->ends[end]);
	}
	if (!any)
		return;
	fputs("\nWaits without a value that made no run\n", out);
	text_table_print(&table, out);
}

static int by_time(const void *left, const void *right)
{
	const struct model_await *a = *(struct model_await *const *)left;
	const struct model_await *b = *(struct model_await *const *)right;

	if (a->took_ns != b->took_ns)
		return a->took_ns < b->took_ns ? 1 : -1;
	return a->id < b->id ? -1 : a->id > b->id;
}

static void add_result(struct text_table *table,
		       const struct model_await *await)
{
	enum await_state state =
		await->outcome == OUTCOME_RUNNING  ? AWAIT_RUNNING :
		await->outcome == OUTCOME_RESOLVED ? AWAIT_RESOLVED :
						     AWAIT_FAILED;
	char result[128];
	struct line line = line_begin(result, sizeof(result));

	line_text(&line, await->outcome == OUTCOME_CUT_SHORT ?
				 "its process ended" :
				 state_name(state));
	if (await->outcome == OUTCOME_FAILED) {
		line_text(&line, ": ");
		line_error(&line, await->error, 1); /* by the first wait */
	}
	line_end(&line);
	text_table_add(table, "%s", result);
}

static void add_slow(struct text_table *table, const struct model *model,
		     const struct symbols *symbols,
		     const struct model_await *await)
{
	char time[CELL_DURATION_SIZE];

	text_table_add(table, "%s", cell_duration(time, await->took_ns));
	cell_id(table, model, await);
	text_table_add(table, "%s", await->function->name);
	add_result(table, await);
	cell_place(table, symbols, await->process, await->began, await->addr);
	if (await->file)
		text_table_add(table, "%s:%" PRIu32, await->file, await->line);
	else
		text_table_add(table, "(not recorded)");
}

/* Collects the awaits of whose first run the beginning was recorded; returns
 * how many. */
static size_t waited(const struct model *model, struct model_await **awaits)
{
	size_t count = 0;

	for (size_t i = 0; i < model->await_count; i++)
		if (model->awaits[i]->outcome != OUTCOME_UNSEEN)
			awaits[count++] = model->awaits[i];
	return count;
}

static void print_slowest(const struct model *model,
			  const struct symbols *symbols, unsigned limit,
			  FILE *out)
{
	static const char *const heads[] = { "TIME",	      "AWAIT",
					     "FUNCTION",      "RESULT",
					     "WAITED FOR AT", "CREATED AT" };
	struct text_table table = { .align = "rlllll" };
	struct model_await **awaits = must_calloc(model->await_count + 1,
						  sizeof(struct model_await *));
	size_t count = waited(model, awaits);

	if (limit && count) {
		qsort(awaits, count, sizeof(struct model_await *), by_time);
		fprintf(out, "\nSlowest first waits\n");
		cell_heads(&table, heads, sizeof(heads) / sizeof(heads[0]));
		for (size_t i = 0; i < count && i < limit; i++)
			add_slow(&table, model, symbols, awaits[i]);
		text_table_print(&table, out);
	}
	free(awaits);
}

void report_text_print(const struct model *model, const struct symbols *symbols,
		       unsigned slowest, FILE *out)
{
	print_doubts(model, out);
	print_filter(model, out);
	print_left_out(model, out);
	print_children(model, out);
	print_unended(model, out);
	print_totals(model, out);
	print_functions(model, out);
	print_ends(model, out);
	print_slowest(model, symbols, slowest, out);
	unfinished_text_print(model, symbols, slowest, out);
}
