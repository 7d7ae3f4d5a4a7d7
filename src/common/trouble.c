/* SPDX-License-Identifier: MIT */
/* See trouble.h. */
#include "common/trouble.h"

#include <stdarg.h>
#include <stdio.h>

int trouble(struct trouble *why, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why->text, sizeof(why->text), format, args);
	va_end(args);
	return -1;
}
