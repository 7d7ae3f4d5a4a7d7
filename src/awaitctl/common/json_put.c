/* SPDX-License-Identifier: MIT */
/* See json_put.h. */
#include "awaitctl/common/json_put.h"

void json_put_string(const char *text, FILE *out)
{
	fputc('"', out);
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c < ' ' || c >= 0x7f)
			fprintf(out, "\\u%04x", c);
		else
			fputc(c, out);
	}
	fputc('"', out);
}

void json_put_member(const char *name, const char *text, FILE *out)
{
	fprintf(out, ", \"%s\": ", name);
	json_put_string(text, out);
}
