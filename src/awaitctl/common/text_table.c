/* SPDX-License-Identifier: MIT */
/* See text_table.h. */
#include "awaitctl/common/text_table.h"

#include "awaitctl/common/say.h"
#include "common/line.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS_MAX = 16 };

void grid_make_printable(char *text)
{
	while (*text) {
		size_t length = printable_length(text, strlen(text));

		if (length == 0)
			*text++ = '?';
		text += length;
	}
}

void grid_add(struct grid *grid, const char *format, ...)
{
	char cell[4096];
	va_list args;

	va_start(args, format);
	vsnprintf(cell, sizeof(cell), format, args);
	va_end(args);
	grid_make_printable(cell);
	if ((grid->count & (grid->count - 1)) == 0)
		grid->cells = must_grow(grid->cells,
					grid->count ? grid->count * 2 : 1,
					sizeof(*grid->cells));
	grid->cells[grid->count++] = must_copy(cell);
}

static void print_row(const struct grid *grid, size_t row, size_t columns,
		      const int *widths, FILE *out)
{
	char *const *cells = grid->cells + row * columns;

	/* No spaces at the end of a line. */
	while (columns > 0 && !*cells[columns - 1])
		columns--;
	for (size_t i = 0; i < columns; i++) {
		int width = widths[i];

		if (grid->align[i] == 'l')
			width = i + 1 < columns ? -width : 0;
		fprintf(out, "%s%*s", i ? "  " : "", width, cells[i]);
	}
	fputc('\n', out);
}

void grid_print(struct grid *grid, FILE *out)
{
	size_t columns = strlen(grid->align), rows = grid->count / columns;
	int widths[COLUMNS_MAX] = { 0 };

	for (size_t i = 0; i < rows * columns; i++) {
		int length = (int)strlen(grid->cells[i]);

		if (length > widths[i % columns])
			widths[i % columns] = length;
	}
	for (size_t row = 0; row < rows; row++)
		print_row(grid, row, columns, widths, out);
	for (size_t i = 0; i < grid->count; i++)
		free(grid->cells[i]);
	free(grid->cells);
	grid->cells = NULL;
	grid->count = 0;
}
