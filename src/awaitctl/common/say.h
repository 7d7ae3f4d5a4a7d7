/* SPDX-License-Identifier: MIT */
/*
 * What awaitctl tells its user on stderr: single lines that begin with its
 * name, so that they stand out from what the traced program prints.
 */
#pragma once

#include "common/trouble.h"

#include <stddef.h>

/* The exit status of what fails; usage.h has that of usage errors. */
enum { EXIT_FAILED = 1 };

/* One line for the user, without newline: what went wrong, what to do. What is
 * not printable in it, as in names, is escaped. */
__attribute__((format(printf, 1, 2))) void say(const char *format, ...);

/* Says an error, unless its text is empty: then it has been said. Returns
 * EXIT_FAILED. */
int say_trouble(const struct trouble *why);

/* Zeroed memory; says so and exits if there is none: for those that have
 * nothing to undo, which are the report and gdb. */
void *must_calloc(size_t count, size_t size);
char *must_copy(const char *string);

/* What it is given, unless that is NULL for want of memory. */
void *must(void *memory);
