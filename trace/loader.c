/* SPDX-License-Identifier: MIT */
/*
 * libawait-trace.so: the library that programs link or preload. It does not
 * depend on LTTng, so they start also where that is absent; the tracer itself,
 * libawait-lttng.so, is installed beside it and loaded when the program starts.
 * If it cannot be loaded, or LTTng-UST does not take it, the program runs
 * untraced, with a line on stderr if the user requested a trace.
 */
#define _GNU_SOURCE /* secure_getenv */
#include "common/beside.h"
#include "common/export.h"
#include <await/trace.h>

#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t (*statedump)(void);

/* Linking this library is the choice of the programmer, not a request of the
 * user. */
static bool is_asked_for(void)
{
	const char *wish = secure_getenv("LIBAWAIT_TRACE");
	const char *preload = secure_getenv("LD_PRELOAD");

	return (wish && wish[0] != '\0' && strcmp(wish, "0") != 0) ||
	       (preload && strstr(preload, "libawait-trace"));
}

static const char *find_trouble(void *tracer)
{
	const char *(*trouble)(void);

	*(void **)&trouble = dlsym(tracer, "await_lttng_trouble");
	return trouble ? trouble() : NULL;
}

__attribute__((constructor)) static void load(void)
{
	void *tracer =
		beside_open("libawait-lttng.so.0", RTLD_NOW | RTLD_NODELETE);
	const char *why_not = tracer ? find_trouble(tracer) : dlerror();

	if (!why_not)
		*(void **)&statedump = dlsym(tracer, "await_lttng_statedump");
	else if (is_asked_for())
		fprintf(stderr, "await: running untraced: %s\n", why_not);
}

EXPORT uint64_t await_trace_statedump(void)
{
	return statedump ? statedump() : 0;
}
