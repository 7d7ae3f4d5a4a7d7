/* SPDX-License-Identifier: MIT */
/* The rows of a report's tables: figures, by what they are of. */
#pragma once

#include "awaitctl/read/findings.h"

enum rows_by {
	BY_FUNCTION,
	BY_SITE, /* where awaits of a function are created */
	BY_PROCESS,
	BY_THREAD,
	ROWS_BY
};

/* Largest first, but for names. */
enum rows_sort {
	SORT_TOTAL, /* of run times */
	SORT_NAME,
	SORT_CREATED,
	SORT_RUNS,
	SORT_FAILED,
	SORT_HITS,
	SORT_WAITS,
	SORT_NEVER_WAITED,
	SORT_AVERAGE, /* of run times, as are P99 and MAX */
	SORT_P99,
	SORT_MAX,
	SORT_BLOCKED, /* all blocked times together, and likewise: */
	SORT_SLACK,
	ROWS_SORTS
};

struct report_row {
	const struct lives_process *process; /* NULL: by function or site */
	const struct lives_thread *thread;
	const struct lives_function *function;
	const struct lives_site *site;
	const struct figures *figures;
};

struct rows {
	enum rows_by by;
	struct report_row *row;
	size_t count;
};

/* ROWS_BY, ROWS_SORTS: there is none of that name. */
enum rows_by rows_named(const char *name);
enum rows_sort rows_sort_named(const char *name);

/* Those of the recording; of threads, those that did anything. Returns 0, or -1
 * without memory. Free it with rows_free(). */
int rows_make(struct rows *rows, const struct findings *findings,
	      enum rows_by by, enum rows_sort sort);
void rows_free(struct rows *rows);
