/* SPDX-License-Identifier: MIT */
/*
 * LIBAWAIT_TRACE in the environment loads the tracer into a program that was
 * not linked with it: 1 for the installed one, or a path. A program that
 * cannot be traced runs untraced, and says so once.
 */
#define _GNU_SOURCE
#include "internal.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TRACER "libawait-trace.so.0"

__attribute__((constructor)) static void load_tracer(void)
{
	/* secure_getenv: no loading into set-user-id programs. */
	const char *wish = secure_getenv("LIBAWAIT_TRACE");

	if (!wish || wish[0] == '\0' || strcmp(wish, "0") == 0)
		return;
	if (strcmp(wish, "1") == 0)
		wish = TRACER;
	if (!dlopen(wish, RTLD_NOW | RTLD_NODELETE))
		dprintf(STDERR_FILENO,
			"await: LIBAWAIT_TRACE: running untraced: %s\n",
			dlerror());
}
