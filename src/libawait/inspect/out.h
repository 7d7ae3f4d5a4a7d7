/* SPDX-License-Identifier: MIT */
/* Writes lines to a file or to stderr, without stdio: see common/line.h for
 * why. A line begins with out_line() or note_begin() and ends with out_end() or
 * note_end(). */
#pragma once

#include "common/line.h"

#define LINE_SIZE 512 /* longer ones are cut */

/* Lines that are not written yet. It is small, as signal stacks are. */
struct out {
	int fd;
	int rc; /* 0, or the error at which writing stopped */
	size_t used;
	char buffer[2 * LINE_SIZE];
};

struct line out_line(struct out *out);
/* Ends the line that out_line() began. */
void out_end(struct out *out, struct line *line);
void out_flush(struct out *out);

/* Begins a single line for stderr, with "await: " and text. */
struct line note_begin(struct out *out, const char *text);
/* Ends that line and writes it. */
void note_end(struct out *out, struct line *line);
