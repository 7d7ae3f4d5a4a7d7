/* SPDX-License-Identifier: MIT */
/*
 * libawait-lttng.so and the libraries that it needs, looked at without loading
 * it: in a process that has it, LTTng-UST would register with session daemons,
 * and sessions that record would get a state dump of it.
 */
#pragma once

#include "awaitctl/doctor/checks.h"

#include <stddef.h>

#define TRACER_FILE_NAME "libawait-lttng.so.0"

struct tracer_file {
	char path[PATH_MAX];
	char missing[256];	  /* a library that it needs, or "" */
	char lttng_ust[PATH_MAX]; /* the file of liblttng-ust that it gets */
};

/* Looks beside libawait.so, or where it is installed. Returns 0, or -1 if it is
 * not there; path is where it was looked for. */
int tracer_file_find(struct tracer_file *tracer, const struct library *library,
		     char path[PATH_MAX]);

/* Asks the loader. Returns 0, or -1 and why it does not say. */
int tracer_file_needs(struct tracer_file *tracer, char *why, size_t size);
