/* SPDX-License-Identifier: MIT */
/* See printable.h. */
#include "common/printable.h"

#include "common/line.h"

#include <string.h>

char *printable_copy(char *to, size_t size, const char *text)
{
	struct line line = line_begin(to, size);

	line_printable(&line, text, strlen(text));
	line_end(&line);
	return to;
}

void printable_put(const char *text, FILE *out)
{
	size_t left = strlen(text);

	while (left > 0) {
		size_t length = printable_length(text, left);
		char one[PRINTABLE_SIZE(4)];
		struct line line = line_begin(one, sizeof(one));

		length += length == 0;
		line_printable(&line, text, length);
		fwrite(one, 1, line.length, out);
		text += length;
		left -= length;
	}
}
