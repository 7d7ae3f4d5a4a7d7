/* SPDX-License-Identifier: MIT */
/*
 * awaitctl export: a recording as files that other programs open.
 */
#pragma once

#include <stdbool.h>

struct export_format;

struct export_options {
	const struct export_format *format;
	const char *file; /* NULL: stdout */
	bool all; /* of all processes in the trace, or the recording's */
};

/* NULL: there is none of that name. */
const struct export_format *export_format_named(const char *name);

/* Whether it is for programs only. */
bool export_is_binary(const struct export_format *format);

/* Writes it, wholly or not at all. Returns 0, or says what is wrong and returns
 * EXIT_FAILED. */
int export(const char *directory, const struct export_options *options);
