/* SPDX-License-Identifier: MIT */
/*
 * awaitctl report: what happened to the awaits of a recorded program.
 */
#pragma once

#include "awaitctl/read/chosen.h"
#include "awaitctl/report/rows.h"

#include <stdbool.h>

struct report_options {
	unsigned slowest; /* so many of the slowest first waits */
	bool all; /* of all processes in the trace, or the recording's */
	struct chosen chosen; /* what of it is reported */
	bool debuginfod;      /* ask it for lines of files without */
	bool json;	      /* instead of text, all of it */
	bool stacks;	      /* with those that were recorded */
	bool check;	      /* what there is to look at is a failure */
	const char *html; /* the page to write; "": of a usual name; or NULL */
	bool csv;	  /* one table, by function or what `by` says */
	enum rows_by by;  /* the only tables; ROWS_BY: the usual report */
	enum rows_sort sort;
};

/* Prints it. Returns 0, or says what is wrong and returns EXIT_FAILED. */
int report(const char *directory, const struct report_options *options);
