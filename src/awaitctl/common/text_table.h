/* SPDX-License-Identifier: MIT */
/*
 * Text in columns as wide as their contents, two spaces between them. Where
 * that is wider than there is room for, cells that begin at the left lose their
 * middle, and sentences go on in the next line. If that does not suffice, what
 * names a row gets a line of its own.
 */
#pragma once

#include <stddef.h>
#include <stdio.h>

struct text_table {
	/* One letter a column: l, r, or, for the last, s: a sentence. */
	const char *align;
	size_t width;	  /* there is room for so many; 0: for all */
	size_t labels;	  /* so many of the first cells of a row name it */
	const char *here; /* the directory that the user is in, or NULL */
	char **cells;	  /* row by row */
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

/* Likewise a path, with what may follow it: below `here` it is relative. */
void text_table_add_place(struct text_table *table, const char *place);

/* Adds lines below the last row, which is complete. They are printed as they
 * are, and then freed. */
void text_table_below(struct text_table *table, char *lines);

/* Prints all rows that are complete, and frees them. */
void text_table_print(struct text_table *table, FILE *out);

/* Frees them without. */
void text_table_free(struct text_table *table);
