/* SPDX-License-Identifier: MIT */
/* See finding.h. */
#include "awaitctl/doctor/finding.h"

#include "awaitctl/common/text_table.h"

#include <stdarg.h>
#include <stdio.h>

void found(struct finding *finding, enum level level, const char *format, ...)
{
	va_list args;

	finding->level = level;
	va_start(args, format);
	vsnprintf(finding->text, sizeof(finding->text), format, args);
	va_end(args);
}

void finding_print(const struct finding *finding, const char *name)
{
	static const char *const words[] = {
		[LEVEL_OK] = "ok",
		[LEVEL_UNKNOWN] = "unknown",
		[LEVEL_WARNING] = "warning",
		[LEVEL_PROBLEM] = "problem",
	};
	char text[FINDING_SIZE];

	/* It may have been cut within a character. */
	snprintf(text, sizeof(text), "%s", finding->text);
	text_table_make_printable(text);
	printf("%-7s  %s: %s\n", words[finding->level], name, text);
}
