/* SPDX-License-Identifier: MIT */
/* See say.h. */
#include "awaitctl/common/say.h"

#include "common/printable.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SAID_MAX = 1 << 14 }; /* what is longer is cut */

void say(const char *format, ...)
{
	char text[SAID_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	flockfile(stderr);
	fputs("awaitctl: ", stderr);
	printable_put(text, stderr);
	fputc('\n', stderr);
	funlockfile(stderr);
}

int say_trouble(const struct trouble *why)
{
	if (*why->text)
		say("%s", why->text);
	return EXIT_FAILED;
}

void *must(void *memory)
{
	if (memory)
		return memory;
	say("out of memory: this is too much for this machine");
	exit(EXIT_FAILED);
}

void *must_calloc(size_t count, size_t size)
{
	return must(calloc(count, size));
}

char *must_copy(const char *string)
{
	return must(strdup(string));
}
