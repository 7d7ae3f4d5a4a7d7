/* SPDX-License-Identifier: MIT */
/* Stacks, and the files that names are from, in a report for programs:
 * docs/report.md has the schema. */
#pragma once

#include "awaitctl/report/frames.h"

#include <stdio.h>

/* A member, unless stacks is NULL; of: as stacks_text_below(). */
void stacks_json_put(const struct symbols *symbols,
		     const struct lives_process *process,
		     const struct lives_stacks *stacks, unsigned of, FILE *out);

/* A member, of the files that are not what ran. */
void stacks_json_put_files(const struct symbols *symbols, FILE *out);
