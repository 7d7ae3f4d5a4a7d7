/* SPDX-License-Identifier: MIT */
/* See csv_put.h. */
#include "awaitctl/common/csv_put.h"

#include "common/printable.h"

#include <inttypes.h>
#include <string.h>

enum { TEXT_MAX = 4096 };

void csv_put_text(const char *text, FILE *out)
{
	char shown[PRINTABLE_SIZE(TEXT_MAX)];

	printable_copy(shown, sizeof(shown), text);
	fputs(strchr("=+-@", *text) && *text ? "\"'" : "\"", out);
	for (const char *at = shown; *at; at++) {
		if (*at == '"')
			fputc('"', out);
		fputc(*at, out);
	}
	fputc('"', out);
}

void csv_put_known(uint64_t number, bool known, FILE *out)
{
	fputc(',', out);
	if (known)
		fprintf(out, "%" PRIu64, number);
}
