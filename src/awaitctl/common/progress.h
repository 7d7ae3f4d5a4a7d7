/* SPDX-License-Identifier: MIT */
/*
 * A line on a terminal that says how far a long reading has come: from a second
 * on, and only until something else is to be said. The file that is passed is
 * stderr, or a copy of it; nothing is written to what is no terminal.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* That of 0 has not begun. */
struct progress {
	int64_t began, drawn; /* ns */
	int length;	      /* of what is on the terminal */
};

/* Cheap enough to be called for every event. all: how many there are, if that
 * is known. */
void progress_tell(struct progress *progress, int file, uint64_t events,
		   uint64_t all);

void progress_erase(struct progress *progress, int file);
