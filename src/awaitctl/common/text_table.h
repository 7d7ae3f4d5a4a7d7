/* SPDX-License-Identifier: MIT */
/*
 * Text in columns as wide as their contents, two spaces between them.
 */
#pragma once

#include <stddef.h>
#include <stdio.h>

struct text_table {
	const char *align; /* one letter a column: l or r */
	char **cells;	   /* row by row */
	size_t count;
	/* What is printed below rows, in their order. */
	struct text_below {
		size_t row;
		char *text;
	} * below;
	size_t below_count;
};

/* Adds the next cell. What is not printable in it is escaped. */
__attribute__((format(printf, 2, 3))) void
text_table_add(struct text_table *table, const char *format, ...);

/* Adds lines below the last row, which is complete. They are printed as they
 * are, and then freed. */
void text_table_below(struct text_table *table, char *lines);

/* Prints all rows that are complete, and frees them. */
void text_table_print(struct text_table *table, FILE *out);

/* Frees them without. */
void text_table_free(struct text_table *table);
