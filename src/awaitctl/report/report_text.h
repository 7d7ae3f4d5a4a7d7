/* SPDX-License-Identifier: MIT */
/*
 * The report as text. What makes its figures doubtful comes first.
 */
#pragma once

#include "awaitctl/read/findings.h"
#include "awaitctl/report/report.h"
#include "symbols/symbols.h"

#include <stdio.h>

void report_text_print(const struct findings *findings,
		       const struct symbols *symbols,
		       const struct report_options *options, FILE *out);

/* What it begins with: doubts, what was left out, and how many there are. */
void report_text_heading(const struct findings *findings, FILE *out);
