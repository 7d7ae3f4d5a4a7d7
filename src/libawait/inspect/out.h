/* SPDX-License-Identifier: MIT */
/* Lines on their way to a file or to stderr, without stdio: see line.h. */
#pragma once

#include "common/line.h"

#define LINE_SIZE 512 /* longer ones are cut */

/* Lines on their way to a file. Small: signal stacks are. */
struct out {
	int fd;
	int rc; /* 0, or why it was given up */
	size_t used;
	char buffer[2 * LINE_SIZE];
};

struct line out_line(struct out *out);
/* Takes what out_line() gave. */
void out_end(struct out *out, struct line *line);
void out_flush(struct out *out);

/* A single line on stderr, that begins with "await: " and the text. */
struct line note_begin(struct out *out, const char *text);
/* Writes it. */
void note_end(struct out *out, struct line *line);
