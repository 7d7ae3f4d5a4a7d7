/* SPDX-License-Identifier: MIT */
/*
 * The text of others (line.h) for those that print by stdio: names and messages
 * that come from a trace, a process, a file or another program. All that a
 * command says goes through here, or through line.h, once at least.
 */
#pragma once

#include <stddef.h>
#include <stdio.h>

/* So much room holds any text of that length, with its NUL. */
#define PRINTABLE_SIZE(length) (4 * (length) + 1)

/* Writes what may be shown of text, cut to size bytes with the NUL. Returns
 * to. */
char *printable_copy(char *to, size_t size, const char *text);

void printable_put(const char *text, FILE *out);
