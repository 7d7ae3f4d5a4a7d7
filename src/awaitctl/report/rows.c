/* SPDX-License-Identifier: MIT */
/* See rows.h. */
#define _GNU_SOURCE /* qsort_r() */
#include "awaitctl/report/rows.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[ROWS_BY] = {
	[BY_FUNCTION] = "function",
	[BY_SITE] = "site",
	[BY_PROCESS] = "process",
	[BY_THREAD] = "thread",
};

static const char *const sorts[ROWS_SORTS] = {
	[SORT_TOTAL] = "total",	    [SORT_NAME] = "name",
	[SORT_CREATED] = "created", [SORT_RUNS] = "runs",
	[SORT_FAILED] = "failed",   [SORT_HITS] = "hits",
	[SORT_WAITS] = "waits",	    [SORT_NEVER_WAITED] = "never-waited",
	[SORT_AVERAGE] = "average", [SORT_P99] = "p99",
	[SORT_MAX] = "max",	    [SORT_BLOCKED] = "blocked",
	[SORT_SLACK] = "slack",
};

enum rows_by rows_named(const char *name)
{
	enum rows_by by = BY_FUNCTION;

	while (by < ROWS_BY && strcmp(names[by], name) != 0)
		by++;
	return by;
}

enum rows_sort rows_sort_named(const char *name)
{
	enum rows_sort sort = SORT_TOTAL;

	while (sort < ROWS_SORTS && strcmp(sorts[sort], name) != 0)
		sort++;
	return sort;
}

static struct report_row *add(struct rows *rows)
{
	struct report_row *row = &rows->row[rows->count++];

	*row = (struct report_row){ 0 };
	return row;
}

static void add_functions(struct rows *rows, const struct sums *sums)
{
	for (size_t i = 0; i < sums->function_count; i++) {
		struct report_row *row = add(rows);

		row->function = sums->functions[i];
		row->figures = &row->function->figures;
	}
}

/* Those of no process are the sums. */
static void add_sites(struct rows *rows, const struct lives *lives)
{
	for (size_t i = 0; i < lives->site_count; i++) {
		const struct lives_site *site = lives->sites[i];
		struct report_row *row;

		if (site->function->process)
			continue;
		row = add(rows);
		row->function = site->function;
		row->site = site;
		row->figures = &site->figures;
	}
}

static void add_processes(struct rows *rows, const struct lives *lives)
{
	for (size_t i = 0; i < lives->process_count; i++) {
		struct report_row *row;

		if (!findings_count(lives->processes[i]))
			continue;
		row = add(rows);
		row->process = lives->processes[i];
		row->figures = &row->process->figures;
	}
}

static void add_threads(struct rows *rows, const struct lives *lives)
{
	for (size_t i = 0; i < lives->thread_count; i++) {
		const struct lives_thread *thread = lives->threads[i];
		struct report_row *row;

		if (!findings_count(thread->process) ||
		    !figures_any(&thread->figures))
			continue;
		row = add(rows);
		row->process = thread->process;
		row->thread = thread;
		row->figures = &thread->figures;
	}
}

static int compare_numbers(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int compare_texts(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

static int compare_places(const struct report_row *a,
			  const struct report_row *b)
{
	int rc = a->function ? strcmp(a->function->name, b->function->name) : 0;

	if (rc == 0 && a->function)
		rc = strcmp(a->function->type, b->function->type);
	if (rc == 0 && a->site)
		rc = compare_texts(a->site->file, b->site->file);
	if (rc == 0 && a->site)
		rc = compare_numbers(a->site->line, b->site->line);
	return rc;
}

static uint64_t key_of(const struct figures *figures, enum rows_sort sort)
{
	const struct histogram *run = &figures->run;

	switch (sort) {
	case SORT_CREATED:
		return figures->created;
	case SORT_RUNS:
		return figures->runs;
	case SORT_FAILED:
		return figures->failed;
	case SORT_HITS:
		return figures->hits;
	case SORT_WAITS:
		return figures->waits;
	case SORT_NEVER_WAITED:
		return figures->never_waited;
	case SORT_AVERAGE:
		return histogram_average(run);
	case SORT_P99:
		return histogram_percentile(run, 99);
	case SORT_MAX:
		return run->most;
	case SORT_BLOCKED:
		return figures->blocked.total;
	case SORT_SLACK:
		return figures->slack.total;
	case SORT_NAME:
		return 0;
	default:
		return run->total;
	}
}

/* Equal ones come in an order that is the same each time. */
static int compare(const void *left, const void *right, void *sort)
{
	const struct report_row *a = left, *b = right;
	uint64_t x = key_of(a->figures, *(enum rows_sort *)sort);
	uint64_t y = key_of(b->figures, *(enum rows_sort *)sort);
	int rc;

	if (x != y)
		return x < y ? 1 : -1;
	rc = compare_places(a, b);
	if (rc == 0 && a->process)
		rc = compare_numbers(a->process->number, b->process->number);
	if (rc == 0 && a->thread)
		rc = compare_numbers(a->thread->tid, b->thread->tid);
	return rc;
}

/* Where only a part is asked for: rows in which there is nothing of it. */
static void leave_out(struct rows *rows, const struct findings *findings)
{
	const struct chosen *chosen = &findings->chosen;
	size_t count = 0;

	for (size_t i = 0; i < rows->count; i++) {
		const struct figures *figures = rows->row[i].figures;

		if (chosen->failed ?
			    figures->failed :
			    !chosen_any(chosen) || figures_any(figures))
			rows->row[count++] = rows->row[i];
	}
	rows->count = count;
}

int rows_make(struct rows *rows, const struct findings *findings,
	      enum rows_by by, enum rows_sort sort)
{
	const struct lives *lives = &findings->lives;
	size_t most = lives->function_count + lives->site_count +
		      lives->process_count + lives->thread_count;

	*rows = (struct rows){ .by = by,
			       .row = calloc(most + 1, sizeof(*rows->row)) };
	if (!rows->row)
		return -1;
	if (by == BY_FUNCTION)
		add_functions(rows, &findings->sums);
	else if (by == BY_SITE)
		add_sites(rows, lives);
	else if (by == BY_PROCESS)
		add_processes(rows, lives);
	else
		add_threads(rows, lives);
	leave_out(rows, findings);
	qsort_r(rows->row, rows->count, sizeof(*rows->row), compare, &sort);
	return 0;
}

void rows_free(struct rows *rows)
{
	free(rows->row);
}
