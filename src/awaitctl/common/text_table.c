/* SPDX-License-Identifier: MIT */
/* See text_table.h. */
#include "awaitctl/common/text_table.h"

#include "awaitctl/common/columns.h"
#include "awaitctl/common/say.h"
#include "common/array.h"
#include "common/assert.h"
#include "common/printable.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
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

void text_table_add_place(struct text_table *table, const char *place)
{
	size_t length = table->here ? strlen(table->here) : 0;

	/* Of the root all is below. */
	if (length > 1 && !strncmp(place, table->here, length) &&
	    place[length] == '/')
		place += length + 1;
	text_table_add(table, "%s", place);
}

static void put_spaces(size_t count, FILE *out)
{
	fprintf(out, "%*s", (int)count, "");
}

/* The rest of it below its begin. */
static void print_sentence(const char *text, size_t width, size_t indent,
			   FILE *out)
{
	while (1) {
		size_t length = columns_words(text, width);

		fwrite(text, 1, length, out);
		text += length;
		text += strspn(text, " ");
		if (!*text)
			return;
		fputc('\n', out);
		put_spaces(indent, out);
	}
}

/* The columns of a line: those before `to`. */
struct part {
	size_t from, to;
	size_t indent;
};

static void print_line(const struct text_table *table, char *const *cells,
		       struct part part, const size_t *widths, FILE *out)
{
	size_t at = part.indent;

	/* No spaces at the end of a line. */
	while (part.to > part.from && !*cells[part.to - 1])
		part.to--;
	put_spaces(at, out);
	for (size_t i = part.from; i < part.to; i++) {
		size_t width = widths[i], taken = 0;

		fputs(i > part.from ? "  " : "", out);
		if (table->align[i] == 'r')
			put_spaces(width - columns_count(cells[i]), out);
		if (table->align[i] == 's')
			print_sentence(cells[i], width, at, out);
		else
			taken = columns_put(cells[i], width, out);
		if (table->align[i] == 'l' && i + 1 < part.to)
			put_spaces(width - taken, out);
		at += width + 2;
	}
	fputc('\n', out);
}

/* So that its ends still say something. */
static size_t least(char align)
{
	return align == 'l' ? 12 : align == 's' ? 24 : SIZE_MAX;
}

/* The widest that can become less wide do. Returns whether that suffices. */
static bool fit(const struct text_table *table, struct part part,
		size_t *widths)
{
	size_t all = part.indent;

	for (size_t i = part.from; i < part.to; i++)
		all += widths[i] + (i > part.from ? 2 : 0);
	for (; table->width && all > table->width; all--) {
		size_t widest = part.to;

		for (size_t i = part.from; i < part.to; i++)
			if (widths[i] > least(table->align[i]) &&
			    (widest == part.to || widths[i] > widths[widest]))
				widest = i;
		if (widest == part.to)
			return false;
		widths[widest]--;
	}
	return true;
}

static void print_rows(const struct text_table *table, size_t columns,
		       const size_t *widths, FILE *out)
{
	struct part whole = { 0, columns, 0 }, labels = { 0, table->labels, 0 },
		    rest = { table->labels, columns, 2 };
	size_t fitted[COLUMNS_MAX], apart[COLUMNS_MAX];
	size_t below = 0;
	bool fits;

	memcpy(fitted, widths, sizeof(fitted));
	memcpy(apart, widths, sizeof(apart));
	fits = fit(table, whole, fitted) || !table->labels;
	fit(table, labels, apart);
	fit(table, rest, apart);
	for (size_t i = 0; i < table->count / columns; i++) {
		char *const *cells = table->cells + i * columns;

		if (!fits && *cells[0])
			print_line(table, cells, labels, apart, out);
		print_line(table, cells, fits ? whole : rest,
			   fits ? fitted : apart, out);
		for (;
		     below < table->below_count && table->below[below].row == i;
		     below++)
			fputs(table->below[below].text, out);
	}
}

void text_table_print(struct text_table *table, FILE *out)
{
	size_t columns = strlen(table->align), rows = table->count / columns;
	size_t widths[COLUMNS_MAX] = { 0 };

	ASSERT(columns > 0 && columns <= COLUMNS_MAX);
	for (size_t i = 0; i < rows * columns; i++) {
		size_t width = columns_count(table->cells[i]);

		if (width > widths[i % columns])
			widths[i % columns] = width;
	}
	print_rows(table, columns, widths, out);
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
