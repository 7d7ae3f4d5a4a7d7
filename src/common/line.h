/* SPDX-License-Identifier: MIT */
/*
 * Text in a buffer that may be too small, for code that may run in a signal
 * handler of a process that has just crashed: no allocation, no stdio, no lock.
 * await_text.h has the words for awaits.
 *
 *     char buffer[80];
 *     struct line line = line_begin(buffer, sizeof(buffer));
 *
 *     line_text(&line, "run ");
 *     line_unsigned(&line, 3);
 *     line_end(&line);
 *
 * The text of others, be it in a string or in a name, cannot control the
 * terminal on which it is shown, nor begin a line of its own: what
 * printable_length() does not let through is shown as \n, \t and the like, or
 * byte by byte as \x1b. This is the one place for that; printable.h has it for
 * streams, and gdb/awaitmodel/printable.py says the same in Python.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Writes up to end but counts everything, as snprintf() does. */
struct line {
	char *at;
	char *end; /* never written: room for the NUL, or for a mark */
	size_t length;
};

/* size is that of buffer, and at least 1. */
struct line line_begin(char *buffer, size_t size);
/* Writes the NUL. */
void line_end(struct line *line);

void line_char(struct line *line, char c);
void line_text(struct line *line, const char *text);
void line_unsigned(struct line *line, uint64_t number);
void line_signed(struct line *line, int64_t number);
void line_hex(struct line *line, uint64_t number);
/* Writes number as %g does. A very large or small number that lies close to the
 * middle between two texts of six digits may become either. */
void line_float(struct line *line, long double number);

/* A string as a C literal, cut at QUOTED_MAX bytes. Pass QUOTED_SIZE of them if
 * there are that many, so that no character is cut in two and it is known that
 * the string goes on. */
#define QUOTED_MAX 32u
#define QUOTED_SIZE (QUOTED_MAX + 4)
void line_quoted(struct line *line, const char *text, size_t size);
/* All of it, whatever its length. */
void line_quoted_whole(struct line *line, const char *text, size_t size);
/* A name, or any other text that is not in quotes. Its backslashes stay as they
 * are, so that doing it twice changes nothing. */
void line_printable(struct line *line, const char *text, size_t size);

/* The length of the character that text begins with, size bytes at most. 0 if
 * it is not UTF-8, or may control a terminal or the order of what it shows. */
size_t printable_length(const char *text, size_t size);
