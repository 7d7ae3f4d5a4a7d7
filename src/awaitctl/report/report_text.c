/* SPDX-License-Identifier: MIT */
/* See report_text.h. */
#include "awaitctl/report/report_text.h"

#include "awaitctl/common/text_table.h"
#include "awaitctl/common/say.h"
#include "awaitctl/report/critical_text.h"
#include "awaitctl/report/cells.h"
#include "awaitctl/read/belonging.h"
#include "awaitctl/read/doubts.h"
#include "awaitctl/report/edges_text.h"
#include "awaitctl/report/look.h"
#include "awaitctl/report/stacks_text.h"
#include "awaitctl/report/tables_text.h"
#include "awaitctl/report/unfinished_text.h"
#include "awaitctl/report/when_text.h"
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

static void print_doubts(const struct findings *findings, FILE *out)
{
	struct doubts doubts = { .out = out };

	doubts_find(findings, print_doubt, &doubts);
	if (doubts.any)
		fputc('\n', out);
}

/* How many of a filter's characters are shown. */
enum { FILTER_SHOWN = 200 };

/* What the recording left out on purpose, and what is unknown therefore. */
static void print_filter(const struct findings *findings, FILE *out)
{
	const struct filtered *filtered = findings->filtered;
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
		findings->lives.waits_unknown || findings->lives.ends_unknown ?
			", and what a filter hides is unknown" :
			"");
}

/* What the trace has beside the recording's processes. */
static void print_left_out(const struct findings *findings, FILE *out)
{
	size_t count = findings->left_out, printed = 0;

	if (!count)
		return;
	if (findings->perhaps)
		fprintf(out,
			"Counted, though they do not say what recording they "
			"are of: %zu of the processes.\n",
			findings->perhaps);
	fprintf(out, "Left out, as they are not of this recording: ");
	for (size_t i = 0;
	     i < findings->lives.process_count && printed < NAMES_MAX; i++) {
		if (findings->lives.processes[i]->belonging != BELONGS_NOT)
			continue;
		fputs(printed++ ? ", " : "", out);
		cell_put_process(findings->lives.processes[i], out);
	}
	if (count > printed)
		fprintf(out, " and %zu more", count - printed);
	fputs("; see --all\n\n", out);
}

static void print_children(const struct findings *findings, FILE *out)
{
	if (!findings->lives.child_count)
		return;
	fprintf(out, "Not counted, as LTTng could not record it: ");
	for (size_t i = 0; i < findings->lives.child_count && i < NAMES_MAX;
	     i++) {
		fprintf(out, "%schild %" PRId64 " of ", i ? ", " : "",
			findings->lives.children[i].vpid);
		cell_put_process(findings->lives.children[i].parent, out);
	}
	if (findings->lives.child_count > NAMES_MAX)
		fprintf(out, " and %zu more",
			findings->lives.child_count - NAMES_MAX);
	fputs("; see Processes in docs/tracing.md\n\n", out);
}

/* Nothing tells a process that was killed from one that goes on. */
static void print_unended(const struct findings *findings, FILE *out)
{
	size_t printed = 0;

	for (size_t i = 0; i < findings->lives.process_count; i++) {
		const struct lives_process *process =
			findings->lives.processes[i];

		if (!findings_count(process) || process->has_ended ||
		    !process->figures.running || printed == NAMES_MAX)
			continue;
		fputs(printed++ ? ", " :
				  "Still running, or ended by a signal, "
				  "_exit() or exec in a run: ",
		      out);
		cell_put_process(process, out);
	}
	if (printed)
		fputs("\n\n", out);
}

static void print_known(uint64_t count, bool known, const char *what, FILE *out)
{
	if (known)
		fprintf(out, "%" PRIu64 "%s", count, what);
	else
		fprintf(out, "unknown%s", what);
}

static void print_totals(const struct findings *findings, FILE *out)
{
	const struct figures *all = &findings->sums.all;
	const struct lives *lives = &findings->lives;
	bool of_thread = findings_of_thread(findings);

	fprintf(out, "Awaits: %" PRIu64 " created, %" PRIu64 " runs, ",
		all->created, all->runs);
	print_known(all->failed, !lives->ends_unknown, " failed, ", out);
	fprintf(out, "%" PRIu64 " cached hits, ", all->hits);
	print_known(all->never_waited, !lives->waits_unknown && !of_thread,
		    " never waited, ", out);
	print_known(all->running, !lives->ends_unknown && !of_thread,
		    " still running", out);
	if (all->cut_short && !of_thread)
		fprintf(out, ", %" PRIu64 " ended by the end of their process",
			all->cut_short);
	fprintf(out, " (functions: %zu, processes: %zu)\n\n",
		findings->sums.function_count, findings->counted);
}

static void add_result(struct text_table *table,
		       const struct lives_first *first)
{
	enum await_state state =
		first->outcome == OUTCOME_RUNNING  ? AWAIT_RUNNING :
		first->outcome == OUTCOME_RESOLVED ? AWAIT_RESOLVED :
						     AWAIT_FAILED;
	char result[128];
	struct line line = line_begin(result, sizeof(result));

	line_text(&line, first->outcome == OUTCOME_CUT_SHORT ?
				 "its process ended" :
				 state_name(state));
	if (first->outcome == OUTCOME_FAILED) {
		line_text(&line, ": ");
		line_error(&line, first->error, 1); /* by the first wait */
	}
	line_end(&line);
	text_table_add(table, "%s", result);
}

static void add_slow(struct text_table *table, const struct findings *findings,
		     const struct symbols *symbols,
		     const struct lives_slow *slow)
{
	const struct lives_site *site = slow->site;
	char time[CELL_DURATION_SIZE];

	text_table_add(table, "%s", cell_duration(time, slow->first.took_ns));
	cell_id(table, findings, slow->process, slow->id, slow->name);
	text_table_add(table, "%s", site->function->name);
	add_result(table, &slow->first);
	cell_place(table, symbols, slow->process, slow->first.began,
		   slow->first.addr);
	cell_site(table, site);
	stacks_text_below(table, symbols, slow->process, slow->stacks,
			  1 << STACK_CREATED | 1 << STACK_FIRST_RUN |
				  1 << STACK_HIT);
}

static void print_slowest(const struct findings *findings,
			  const struct symbols *symbols,
			  const struct sheet *sheet)
{
	static const char *const heads[] = { "TIME",	      "AWAIT",
					     "FUNCTION",      "RESULT",
					     "WAITED FOR AT", "CREATED AT" };
	struct text_table table = sheet_table(sheet, "rlllll");
	const struct sums *sums = &findings->sums;

	if (!sums->slow_count)
		return;
	fputs("\nSlowest first waits\n", sheet->out);
	cell_heads(&table, heads, sizeof(heads) / sizeof(heads[0]));
	for (size_t i = 0; i < sums->slow_count; i++)
		add_slow(&table, findings, symbols, sums->slow[i]);
	text_table_print(&table, sheet->out);
}

static void print_rows(const struct findings *findings, enum rows_by by,
		       enum rows_sort sort, const struct sheet *sheet)
{
	struct rows rows;

	if (rows_make(&rows, findings, by, sort))
		must(NULL);
	tables_text_counts(findings, &rows, sheet);
	tables_text_times(findings, &rows, sheet);
	rows_free(&rows);
}

static void print_ends(const struct findings *findings,
		       const struct sheet *sheet)
{
	struct rows rows;

	if (findings_of_thread(findings))
		return;
	if (rows_make(&rows, findings, BY_FUNCTION, SORT_TOTAL))
		must(NULL);
	tables_text_ends(findings, &rows, sheet);
	rows_free(&rows);
}

struct looks {
	struct text_table table;
	size_t count, most;
};

static void add_look(void *data, const char *name, const struct report_row *row,
		     const char *text)
{
	struct looks *looks = data;

	if (looks->count++ >= looks->most)
		return;
	text_table_add(&looks->table, "%s", name);
	cell_site(&looks->table, row->site);
	text_table_add(&looks->table, "%s", row->function->name);
	text_table_add(&looks->table, "%s", text);
}

static void print_looks(const struct findings *findings, size_t most,
			const struct sheet *sheet)
{
	static const char *const heads[] = { "LOOK AT", "CREATED AT",
					     "FUNCTION", "WHAT" };
	struct looks looks = { .table = sheet_table(sheet, "llls"),
			       .most = most };

	cell_heads(&looks.table, heads, sizeof(heads) / sizeof(heads[0]));
	if (look_at(findings, add_look, &looks))
		must(NULL);
	if (!looks.count || !most) {
		text_table_free(&looks.table);
		return;
	}
	text_table_print(&looks.table, sheet->out);
	if (looks.count > most)
		fprintf(sheet->out, "and %zu more\n", looks.count - most);
	fputc('\n', sheet->out);
}

/* So that nobody takes a part for the whole. */
static void print_chosen(const struct chosen *chosen, FILE *out)
{
	char text[CHOSEN_TEXT];

	if (chosen_any(chosen))
		fprintf(out,
			"Only what passes %s: docs/report.md says what that is\n\n",
			chosen_text(chosen, text));
}

void report_text_heading(const struct findings *findings, FILE *out)
{
	print_doubts(findings, out);
	print_filter(findings, out);
	print_left_out(findings, out);
	print_children(findings, out);
	print_unended(findings, out);
	print_chosen(&findings->chosen, out);
	print_totals(findings, out);
}

void report_text_print(const struct findings *findings,
		       const struct symbols *symbols,
		       const struct report_options *options, FILE *out)
{
	bool usual = options->by == ROWS_BY;
	struct sheet sheet;

	sheet_begin(&sheet, out);
	report_text_heading(findings, out);
	if (usual) {
		when_text_print(findings, &sheet);
		print_looks(findings, options->slowest, &sheet);
	}
	print_rows(findings, usual ? BY_FUNCTION : options->by, options->sort,
		   &sheet);
	if (!usual)
		return;
	print_ends(findings, &sheet);
	edges_text_print(findings, options->slowest, &sheet);
	print_slowest(findings, symbols, &sheet);
	critical_text_print(findings, options->slowest, &sheet);
	unfinished_text_print(findings, symbols, options->slowest, &sheet);
	if (options->stacks && !findings->lives.by_stack.used)
		fputs("\nNo stack of these was recorded: see awaitctl record "
		      "--stacks\n",
		      out);
	stacks_text_files(symbols, out);
}
