/* SPDX-License-Identifier: MIT */
/*
 * A report, printed by a child process: lines of source come from files that
 * others wrote, and libdw may end the process that reads them; so does what
 * awaitctl prints with, without memory. The process that this is a part of may
 * be anybody's.
 */
#pragma once

#include "awaitctl/common/whole_file.h"
#include "awaitctl/read/findings.h"
#include "awaitctl/report/report.h"
#include "symbols/symbols.h"

/*
 * Writes the report to file, and commits that. Returns 0 or -1. If the search
 * for lines ends the child the report is without them, and *without is set.
 */
int printing_do(struct whole_file *file, const struct findings *findings,
		struct symbols *symbols, const struct report_options *options,
		bool *without, struct trouble *why);
