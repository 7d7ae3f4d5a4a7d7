/* SPDX-License-Identifier: MIT */
/* The tables of a report: counts and times by function, site, process or
 * thread. */
#pragma once

#include "awaitctl/report/rows.h"
#include "awaitctl/report/sheet.h"

void tables_text_counts(const struct findings *findings,
			const struct rows *rows, const struct sheet *sheet);

/* By function: how waits without a value ended that made no run, where there
 * are any; a trace may lack these events. Prints nothing if none has. */
void tables_text_ends(const struct findings *findings, const struct rows *rows,
		      const struct sheet *sheet);

/* What took time, with percentiles. Prints nothing if nothing did. */
void tables_text_times(const struct findings *findings, const struct rows *rows,
		       const struct sheet *sheet);
