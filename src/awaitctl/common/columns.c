/* SPDX-License-Identifier: MIT */
/* See columns.h. */
#define _GNU_SOURCE /* wcwidth(), newlocale() */
#include "awaitctl/common/columns.h"

#include "common/line.h"

#include <locale.h>
#include <string.h>
#include <wchar.h>

static const char dots[] = "...";

/* Of a character that is not ASCII, which is of that length: whatever the
 * user's locale is, it is in UTF-8. */
static size_t width_of(const char *text, size_t length)
{
	static locale_t utf8;
	wchar_t wide = (unsigned char)*text & (0x7f >> length);
	locale_t before;
	int width;

	for (size_t i = 1; i < length; i++)
		wide = wide << 6 | ((unsigned char)text[i] & 0x3f);
	if (!utf8)
		utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	if (!utf8)
		return 1;
	before = uselocale(utf8);
	width = wcwidth(wide);
	uselocale(before);
	return width < 0 ? 1 : (size_t)width;
}

/* The character that text begins with: its bytes, and the columns it takes. */
static size_t character(const char *text, size_t *width)
{
	size_t length = strnlen(text, 4);

	*width = 1;
	if ((unsigned char)*text < 0x80)
		return 1;
	length = printable_length(text, length);
	if (length > 1)
		*width = width_of(text, length);
	return length ? length : 1;
}

size_t columns_count(const char *text)
{
	size_t count = 0, width;

	for (; *text; count += width)
		text += character(text, &width);
	return count;
}

/* The bytes that it begins with, and that take at most that many columns. */
static size_t head(const char *text, size_t most)
{
	size_t length = 0, width;

	while (text[length]) {
		size_t next = character(text + length, &width);

		if (width > most)
			break;
		most -= width;
		length += next;
	}
	return length;
}

/* Where what it ends with begins. What has no width stays with what is before
 * it. */
static const char *tail(const char *text, size_t most)
{
	size_t left = columns_count(text), width;

	while (*text && (left > most || left == 0)) {
		text += character(text, &width);
		left -= width;
	}
	while (*text) {
		size_t length = character(text, &width);

		if (width)
			break;
		text += length;
	}
	return text;
}

size_t columns_put(const char *text, size_t most, FILE *out)
{
	size_t count = columns_count(text), length;
	size_t room = most > sizeof(dots) - 1 ? most - (sizeof(dots) - 1) : 0;
	const char *end;

	if (count <= most) {
		fputs(text, out);
		return count;
	}
	length = head(text, room / 2);
	end = tail(text, room - room / 2);
	fwrite(text, 1, length, out);
	fputs(dots, out);
	fputs(end, out);
	return count - columns_count(text + length) + sizeof(dots) - 1 +
	       columns_count(end);
}

size_t columns_words(const char *text, size_t most)
{
	size_t fits = head(text, most), length = fits;

	if (!text[fits])
		return fits;
	while (length && text[length] != ' ')
		length--;
	return length ? length : strcspn(text, " ");
}
