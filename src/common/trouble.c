/* SPDX-License-Identifier: MIT */
/* See trouble.h. */
#include "common/trouble.h"

#include "common/printable.h"

#include <stdarg.h>
#include <stdio.h>

int trouble(struct trouble *why, const char *format, ...)
{
	char text[TROUBLE_SIZE];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	printable_copy(why->text, sizeof(why->text), text);
	return -1;
}
