/* SPDX-License-Identifier: MIT */
/*
 * The trace that is meant by a directory, and what of it can be read: of a
 * recording its own session, of several snapshots, which overlap and are not
 * one trace, the last, and of what is damaged what is intact. While it is open,
 * signals that ask to stop may be held (signals.h).
 */
#pragma once

#include "awaitctl/tracedir/filtered.h"
#include "awaitctl/tracedir/intact.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

struct source {
	char path[PATH_MAX]; /* for the user */
	uint64_t size;	     /* bytes of all files there */
	struct intact intact;
	bool is_filtered; /* by what we know of */
	struct filtered filtered;
	/* Why it is incomplete; or empty. */
	char incomplete[2 * PATH_MAX + INTACT_TEXT + 8];
};

/* Says what is not as it should be. all: what others have sent to its relay
 * daemon is asked for, too. Returns 0, or the signal that asks to stop. Close
 * it in either case. */
int source_open(struct source *source, const char *directory, bool all);
void source_close(struct source *source);
