/* SPDX-License-Identifier: MIT */
/*
 * What awaitctl tells its user on stderr: single lines that begin with its
 * name, so that they stand out from what the traced program prints.
 */
#pragma once

#include "common/trouble.h"

#include <stddef.h>

/* Usage errors exit with 2, everything else that fails with 1. */
enum { EXIT_FAILED = 1, EXIT_USAGE = 2 };

/* One line for the user, without newline: what went wrong, what to do. */
__attribute__((format(printf, 1, 2))) void say(const char *format, ...);

/* Says an error, unless its text is empty: then it has been said. Returns
 * EXIT_FAILED. */
int say_trouble(const struct trouble *why);

/* Says what is wrong with the command line, and returns EXIT_USAGE. */
int misused(const char *what, const char *argument);

/* Zeroed memory; says so and exits if there is none: only the report asks,
 * which has nothing to undo. */
void *must_calloc(size_t count, size_t size);
void *must_grow(void *array, size_t count, size_t size);
char *must_copy(const char *string);

/* What it is given, unless that is NULL for want of memory. */
void *must(void *memory);
