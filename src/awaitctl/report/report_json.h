/* SPDX-License-Identifier: MIT */
/* The report for programs: docs/report.md has its schema. */
#pragma once

#include "awaitctl/read/findings.h"
#include "awaitctl/report/report.h"
#include "symbols/symbols.h"

#include <stdio.h>

void report_json_print(const struct findings *findings,
		       const struct symbols *symbols,
		       const struct report_options *options, FILE *out);
