/* SPDX-License-Identifier: MIT */
/*
 * Text in a buffer that may be too small, for code that may run in a signal
 * handler of a process that has just crashed: no allocation, no stdio, no lock.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Writes up to end, counts everything: as snprintf() does. */
struct line {
	char *at;
	char *end; /* never written: room for the NUL, or for a mark */
	size_t length;
};

void line_char(struct line *line, char c);
void line_text(struct line *line, const char *text);
void line_unsigned(struct line *line, uint64_t number);
void line_signed(struct line *line, int64_t number);
void line_hex(struct line *line, uint64_t number);
/* As %g does it; the sixth digit of extreme exponents may be off by one. */
void line_float(struct line *line, long double number);
/* A string as a C literal, cut at QUOTED_MAX characters. */
#define QUOTED_MAX 32u
void line_quoted(struct line *line, const char *text, size_t size);
/* A name; what a terminal must not see becomes '?'. */
void line_printable(struct line *line, const char *text, size_t size);
