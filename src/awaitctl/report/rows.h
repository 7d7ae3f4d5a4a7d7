/* SPDX-License-Identifier: MIT */
/* The rows of a report's tables: figures, by what they are of. */
#pragma once

#include "awaitctl/report/findings.h"

enum rows_by {
	BY_FUNCTION,
	BY_SITE, /* where awaits of a function are created */
	BY_PROCESS,
	BY_THREAD,
	ROWS_BY
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
	struct report_row *row; /* those first that ran longest */
	size_t count;
};

/* "function" and so on. */
const char *rows_name(enum rows_by by);
/* ROWS_BY: there is none of that name. */
enum rows_by rows_named(const char *name);

/* Those of the recording; of threads, those that did anything. Returns 0, or -1
 * without memory. Free it with rows_free(). */
int rows_make(struct rows *rows, const struct findings *findings,
	      enum rows_by by);
void rows_free(struct rows *rows);
