/* SPDX-License-Identifier: MIT */
/*
 * Text in a buffer that may be too small, for code that may run in a signal
 * handler of a process that has just crashed: no allocation, no stdio, no lock,
 * and no pointer followed on trust.
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
/* A string that may be unmapped: as a C literal, cut at 32 characters. */
void line_quoted(struct line *line, const char *from);
/* A name out of a descriptor, which may be unmapped, too. */
void line_name(struct line *line, const char *from);
/* The same, without its folder. */
void line_file(struct line *line, const char *from);
