/* SPDX-License-Identifier: MIT */
/*
 * How many columns of a terminal a text takes: one for most characters, two for
 * wide ones, none for what is put above another. A text is what printable.h
 * lets through, in UTF-8.
 */
#pragma once

#include <stddef.h>
#include <stdio.h>

size_t columns_count(const char *text);

/* Writes the text; if it takes more than `most` columns, both of its ends with
 * "..." between. Returns how many columns that took. */
size_t columns_put(const char *text, size_t most, FILE *out);

/* How many bytes of text take at most that many columns: whole words, unless
 * the first one alone is longer, which then is all. What follows them, but for
 * the spaces there, is the rest. */
size_t columns_words(const char *text, size_t most);
