/* SPDX-License-Identifier: MIT */
/* See peek_text.h. */
#include "libawait/inspect/peek_text.h"

#include "common/await_text.h"
#include "libawait/inspect/peek.h"

#define NAME_MAX_ 128u
#define PATH_MAX_ 4096u

/* Copies the string from, or its first size bytes. Returns its length, at most
 * size; -1 if it cannot be read that far. */
static long peek_string(char *to, const char *from, size_t size)
{
	long n = peek(to, from, size);

	for (long i = 0; i < n; i++)
		if (to[i] == '\0')
			return i;
	return n == (long)size ? n : -1;
}

void line_string_at(struct line *line, uint64_t address)
{
	char text[QUOTED_SIZE];
	long n = peek_string(text, (const char *)(uintptr_t)address,
			     sizeof(text));

	line_string(line, address, n < 0 ? NULL : text, (size_t)n);
}

/* Copies a constant string; where the kernel refuses, reads it directly. */
static long name_of(char *to, const char *from, size_t size)
{
	long n = peek_string(to, from, size);
	char probe;

	if (n >= 0 || !from || peek(&probe, from, 1) >= 0)
		return n;
	for (n = 0; n < (long)size && from[n] != '\0'; n++)
		to[n] = from[n];
	return n;
}

void line_name(struct line *line, const char *from)
{
	char text[NAME_MAX_];
	long n = name_of(text, from, sizeof(text));

	if (n < 0)
		line_text(line, "<unreadable>");
	else
		line_printable(line, text, (size_t)n);
}

void line_file(struct line *line, const char *from)
{
	const char *base = from;
	char text[NAME_MAX_];
	long n = (long)sizeof(text);

	for (size_t at = 0; at < PATH_MAX_ && n == (long)sizeof(text);
	     at += sizeof(text)) {
		n = name_of(text, from + at, sizeof(text));
		for (long i = 0; i < n; i++)
			if (text[i] == '/')
				base = from + at + i + 1;
	}
	line_name(line, base);
}
