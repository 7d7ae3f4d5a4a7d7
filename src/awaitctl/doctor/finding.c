/* SPDX-License-Identifier: MIT */
/* See finding.h. */
#include "awaitctl/doctor/finding.h"

#include "common/printable.h"

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

	printf("%-7s  %s: ", words[finding->level], name);
	printable_put(finding->text, stdout);
	putchar('\n');
}
