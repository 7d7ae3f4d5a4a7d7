/* SPDX-License-Identifier: MIT */
/* Stacks in a report that is text, and what is wrong with the files that they
 * and places have their names from. */
#pragma once

#include "awaitctl/common/text_table.h"
#include "awaitctl/report/frames.h"

#include <stdio.h>

/* Below the last row of the table; those in of, a bit for each enum
 * lives_stack_of. stacks: NULL if none was recorded. */
void stacks_text_below(struct text_table *table, const struct symbols *symbols,
		       const struct lives_process *process,
		       const struct lives_stacks *stacks, unsigned of);

/* Prints nothing if all files that were needed are what ran. */
void stacks_text_files(const struct symbols *symbols, FILE *out);
