/* SPDX-License-Identifier: MIT */
/*
 * Text in columns as wide as their contents, two spaces between them.
 */
#pragma once

#include <stddef.h>
#include <stdio.h>

struct grid {
	const char *align; /* one letter a column: l or r */
	char **cells;	   /* row by row */
	size_t count;
};

/* Adds the next cell. */
__attribute__((format(printf, 2, 3))) void grid_add(struct grid *grid,
						    const char *format, ...);

/* Prints all rows that are complete, and frees them. */
void grid_print(struct grid *grid, FILE *out);

/* For text beside it; cells need no more. Names come from traces and memory
 * that may be damaged: what is not printable, by common/line.h, becomes '?'. */
void grid_make_printable(char *text);
