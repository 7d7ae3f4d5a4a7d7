/* SPDX-License-Identifier: MIT */
/* The tables of a report: counts and times by function, site, process or
 * thread. */
#pragma once

#include "awaitctl/report/rows.h"

#include <stdio.h>

void tables_text_counts(const struct findings *findings,
			const struct rows *rows, FILE *out);

/* What took time, with percentiles. Prints nothing if nothing did. */
void tables_text_times(const struct findings *findings, const struct rows *rows,
		       FILE *out);
