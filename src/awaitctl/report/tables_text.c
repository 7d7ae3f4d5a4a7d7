/* SPDX-License-Identifier: MIT */
/* See tables_text.h. */
#include "awaitctl/report/tables_text.h"

#include "awaitctl/common/text_table.h"
#include "awaitctl/report/cells.h"

#include <inttypes.h>

/* What names a row: two cells by function, site and thread. */
static const struct {
	const char *heads[2];
	size_t count;
} labels[ROWS_BY] = {
	[BY_FUNCTION] = { { "FUNCTION", "TYPE" }, 2 },
	[BY_SITE] = { { "CREATED AT", "FUNCTION" }, 2 },
	[BY_PROCESS] = { { "PROCESS" }, 1 },
	[BY_THREAD] = { { "THREAD", "PROCESS" }, 2 },
};

static void add_process(struct text_table *table,
			const struct findings *findings,
			const struct lives_process *process)
{
	text_table_add(table, "%s (%" PRId64 ")%s%s",
		       process->name ? process->name : "?", process->vpid,
		       findings->several_hosts ? "@" : "",
		       findings->several_hosts ? process->host : "");
}

static void add_label(struct text_table *table, const struct findings *findings,
		      enum rows_by by, const struct report_row *row)
{
	switch (by) {
	case BY_FUNCTION:
		text_table_add(table, "%s", row->function->name);
		text_table_add(table, "%s",
			       *row->function->type ? row->function->type :
						      "?");
		break;
	case BY_SITE:
		cell_site(table, row->site);
		text_table_add(table, "%s", row->function->name);
		break;
	case BY_THREAD:
		text_table_add(table, "%" PRId64, row->thread->tid);
		/* fallthrough */
	default:
		add_process(table, findings, row->process);
	}
}

static void add_no_label(struct text_table *table, enum rows_by by)
{
	for (size_t i = 0; i < labels[by].count; i++)
		text_table_add(table, "%s", "");
}

static void add_known(struct text_table *table, uint64_t count, bool known)
{
	if (known)
		text_table_add(table, "%" PRIu64, count);
	else
		text_table_add(table, "?");
}

static void add_duration(struct text_table *table, uint64_t ns)
{
	char text[CELL_DURATION_SIZE];

	text_table_add(table, "%s", cell_duration(text, ns));
}

/* What a thread creates another may be the first to wait for. */
static void add_counts(struct text_table *table,
		       const struct findings *findings, enum rows_by by,
		       const struct figures *figures)
{
	const struct lives *lives = &findings->lives;

	text_table_add(table, "%" PRIu64, figures->created);
	text_table_add(table, "%" PRIu64, figures->runs);
	add_known(table, figures->failed, !lives->ends_unknown);
	text_table_add(table, "%" PRIu64, figures->hits);
	add_known(table, figures->waits, !lives->waits_unknown);
	if (by != BY_THREAD)
		add_known(table, figures->never_waited,
			  !lives->waits_unknown &&
				  !findings_of_thread(findings));
	add_duration(table, figures->run.total);
	add_duration(table, figures->run.most);
}

void tables_text_counts(const struct findings *findings,
			const struct rows *rows, const struct sheet *sheet)
{
	static const char *const heads[] = { "CREATED", "RUNS",	 "FAILED",
					     "HITS",	"WAITS", "NEVER WAITED",
					     "TOTAL",	"MAX" };
	static const char *const aligns[ROWS_BY] = {
		[BY_FUNCTION] = "llrrrrrrrr",
		[BY_SITE] = "llrrrrrrrr",
		[BY_PROCESS] = "lrrrrrrrr",
		[BY_THREAD] = "rlrrrrrrr",
	};
	struct text_table table = sheet_table(sheet, aligns[rows->by]);

	table.labels = labels[rows->by].count;
	cell_heads(&table, labels[rows->by].heads, labels[rows->by].count);
	cell_heads(&table, heads, 5);
	cell_heads(&table, heads + 5 + (rows->by == BY_THREAD),
		   3 - (rows->by == BY_THREAD));
	for (size_t i = 0; i < rows->count; i++) {
		add_label(&table, findings, rows->by, &rows->row[i]);
		add_counts(&table, findings, rows->by, rows->row[i].figures);
	}
	text_table_print(&table, sheet->out);
}

static bool has_ends(const struct figures *figures)
{
	bool any = false;

	for (int end = 0; end < WAIT_ENDS; end++)
		any = any || figures->ends[end];
	return any;
}

void tables_text_ends(const struct findings *findings, const struct rows *rows,
		      const struct sheet *sheet)
{
	static const char *const heads[] = { "TIMED OUT", "REFUSED", "FAILED",
					     "CANCELLED" };
	struct text_table table = sheet_table(sheet, "llrrrr");
	bool any = false;

	table.labels = labels[BY_FUNCTION].count;
	cell_heads(&table, labels[BY_FUNCTION].heads, table.labels);
	cell_heads(&table, heads, sizeof(heads) / sizeof(heads[0]));
	for (size_t i = 0; i < rows->count; i++) {
		const struct report_row *row = &rows->row[i];

		if (!has_ends(row->figures))
			continue;
		any = true;
		add_label(&table, findings, BY_FUNCTION, row);
		for (int end = 0; end < WAIT_ENDS; end++)
			text_table_add(&table, "%" PRIu64,
				       row->figures->ends[end]);
	}
	if (!any) {
		text_table_free(&table);
		return;
	}
	fputs("\nWaits without a value that made no run\n", sheet->out);
	text_table_print(&table, sheet->out);
}

static void add_times(struct text_table *table, const char *what,
		      const struct histogram *histogram)
{
	static const unsigned percents[] = { 50, 90, 99 };

	text_table_add(table, "%s", what);
	text_table_add(table, "%" PRIu64, histogram->count);
	add_duration(table, histogram->least);
	add_duration(table, histogram_average(histogram));
	for (size_t i = 0; i < 3; i++)
		add_duration(table,
			     histogram_percentile(histogram, percents[i]));
	add_duration(table, histogram->most);
}

struct kind {
	const char *name;
	const struct histogram *histogram;
};

/* Those of which there are any. */
static size_t find_kinds(const struct lives *lives,
			 const struct figures *figures, struct kind kinds[3])
{
	size_t count = 0;

	if (figures->run.count && !lives->ends_unknown)
		kinds[count++] = (struct kind){ "run time", &figures->run };
	if (figures->blocked.count && !lives->waits_unknown)
		kinds[count++] =
			(struct kind){ "blocked time", &figures->blocked };
	if (figures->slack.count && !lives->waits_unknown)
		kinds[count++] = (struct kind){ "slack", &figures->slack };
	return count;
}

static size_t add_row(struct text_table *table, const struct findings *findings,
		      enum rows_by by, const struct report_row *row)
{
	struct kind kinds[3];
	size_t count = find_kinds(&findings->lives, row->figures, kinds);

	for (size_t i = 0; i < count; i++) {
		if (i == 0)
			add_label(table, findings, by, row);
		else
			add_no_label(table, by);
		add_times(table, kinds[i].name, kinds[i].histogram);
	}
	return count;
}

void tables_text_times(const struct findings *findings, const struct rows *rows,
		       const struct sheet *sheet)
{
	static const char *const heads[] = { "TIME", "COUNT", "MIN", "AVERAGE",
					     "P50",  "P90",   "P99", "MAX" };
	static const char *const aligns[ROWS_BY] = {
		[BY_FUNCTION] = "lllrrrrrrr",
		[BY_SITE] = "lllrrrrrrr",
		[BY_PROCESS] = "llrrrrrrr",
		[BY_THREAD] = "rllrrrrrrr",
	};
	struct text_table table = sheet_table(sheet, aligns[rows->by]);
	size_t lines = 0;

	table.labels = labels[rows->by].count;
	cell_heads(&table, labels[rows->by].heads, labels[rows->by].count);
	cell_heads(&table, heads, sizeof(heads) / sizeof(heads[0]));
	for (size_t i = 0; i < rows->count; i++)
		lines += add_row(&table, findings, rows->by, &rows->row[i]);
	if (!lines) {
		text_table_free(&table);
		return;
	}
	fputc('\n', sheet->out);
	text_table_print(&table, sheet->out);
	fputs("Run times are of runs that ended, with the waits for other "
	      "awaits inside;\nblocked times are of waits that slept; slack is "
	      "the time from a creation to\nthe first wait. Percentiles are at "
	      "most 1 % off.\n",
	      sheet->out);
}
