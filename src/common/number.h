/* SPDX-License-Identifier: MIT */
/*
 * The one parser of numbers that people write: on a command line, in the
 * environment, in the name of a file. A number is decimal digits and nothing
 * else: no sign, no space, no other base; leading zeros do not matter.
 *
 * Callable from anywhere, also in a signal handler: it uses neither memory of
 * its own nor errno, nor the locale. libawait.so compiles it in, too.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Reads the number that text begins with, into *value. Returns what follows it,
 * or NULL, with *value unchanged, if text begins with no digit or the number
 * is greater than max. */
const char *number_prefix(const char *text, uint64_t max, uint64_t *value);

/* Whether all of text is a number from min to max, which *value then is. */
bool number_parse(const char *text, uint64_t min, uint64_t max,
		  uint64_t *value);
