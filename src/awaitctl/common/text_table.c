/* SPDX-License-Identifier: MIT */
/* See text_table.h. */
#include "awaitctl/common/text_table.h"

#include "awaitctl/common/say.h"
#include "common/array.h"
#include "common/assert.h"
#include "common/printable.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS_MAX = 16, CELL_MAX = 4096 };

void text_table_add(struct text_table *table, const char *format, ...)
{
	char cell[CELL_MAX], shown[PRINTABLE_SIZE(CELL_MAX)];
	va_list args;

	va_start(args, format);
	vsnprintf(cell, sizeof(cell), format, args);
	va_end(args);
	table->cells = must(
		array_grow(table->cells, table->count, sizeof(*table->cells)));
	table->cells[table->count++] =
		must_copy(printable_copy(shown, sizeof(shown), cell));
}

void text_table_below(struct text_table *table, char *lines)
{
	size_t columns = strlen(table->align);

	ASSERT(table->count && table->count % columns == 0);
	table->below = must(array_grow(table->below, table->below_count,
				       sizeof(*table->below)));
	table->below[table->below_count++] =
		(struct text_below){ .row = table->count / columns - 1,
				     .text = lines };
}

static void print_row(const struct text_table *table, size_t row,
		      size_t columns, const int *widths, FILE *out)
{
	char *const *cells = table->cells + row * columns;

	/* No spaces at the end of a line. */
	while (columns > 0 && !*cells[columns - 1])
		columns--;
	for (size_t i = 0; i < columns; i++) {
		int width = widths[i];

		if (table->align[i] == 'l')
			width = i + 1 < columns ? -width : 0;
		fprintf(out, "%s%*s", i ? "  " : "", width, cells[i]);
	}
	fputc('\n', out);
}

void text_table_print(struct text_table *table, FILE *out)
{
	size_t columns = strlen(table->align), rows = table->count / columns;
	int widths[COLUMNS_MAX] = { 0 };
	size_t below = 0;

	ASSERT(columns > 0 && columns <= COLUMNS_MAX);
	for (size_t i = 0; i < rows * columns; i++) {
		int length = (int)strlen(table->cells[i]);

		if (length > widths[i % columns])
			widths[i % columns] = length;
	}
	for (size_t row = 0; row < rows; row++) {
		print_row(table, row, columns, widths, out);
		for (; below < table->below_count &&
		       table->below[below].row == row;
		     below++)
			fputs(table->below[below].text, out);
	}
	text_table_free(table);
}

void text_table_free(struct text_table *table)
{
	for (size_t i = 0; i < table->count; i++)
		free(table->cells[i]);
	for (size_t i = 0; i < table->below_count; i++)
		free(table->below[i].text);
	free(table->cells);
	free(table->below);
	*table = (struct text_table){ .align = table->align };
}
