/* SPDX-License-Identifier: MIT */
/* One table of the report for spreadsheets, by RFC 4180: docs/report.md. */
#pragma once

#include "awaitctl/read/findings.h"
#include "awaitctl/report/report.h"
#include "symbols/symbols.h"

#include <stdio.h>

/* What makes the figures doubtful is said on stderr, as there is no place for
 * it. symbols are not used. */
void report_csv_print(const struct findings *findings,
		      const struct symbols *symbols,
		      const struct report_options *options, FILE *out);
