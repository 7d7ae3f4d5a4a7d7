/* SPDX-License-Identifier: MIT */
/*
 * The files that hold LTTng's ring buffers during a recording. They have names,
 * in a directory of their own, so what is in them outlives the program, LTTng's
 * daemons and awaitctl. OUTPUT/shm is a link to that directory: as long as it
 * is there, the recording has not been finished.
 *
 * Who records or recovers holds a lock on the directory.
 */
#pragma once

#include "awaitctl/recover/salvage.h"

#include <limits.h>
#include <stdbool.h>

#define RINGS_USUAL "/dev/shm"

struct rings {
	char link[PATH_MAX]; /* OUTPUT/shm */
	char path[PATH_MAX];
	char hidden[PATH_MAX + 8]; /* or there, see rings_hide() */
	int lock;
	struct found found; /* rings_extract() */
};

/* Makes PARENT/NAME for the recording to output. Returns 0, or says what
 * failed and returns EXIT_FAILED. */
int rings_make(struct rings *rings, const char *output, const char *parent,
	       const char *name);

enum rings_found { RINGS_FOUND, RINGS_NONE, RINGS_GONE, RINGS_LOCKED };

/* Finds those of output; RINGS_GONE: only the link is left. */
enum rings_found rings_find(struct rings *rings, const char *output);

/* What the directory is called: as the session of LTTng. */
const char *rings_name(const struct rings *rings);

/* Lets go of them; or also removes them and the link. */
void rings_release(struct rings *rings);
void rings_remove(struct rings *rings);

/* Renames their directory, of which OUTPUT/shm still has the old name: LTTng
 * removes what it finds there with the session. */
void rings_hide(struct rings *rings);

/* Their directory now, which has the metadata, too. */
const char *rings_place(const struct rings *rings);

/*
 * Copies what is in them and output lacks to a new directory, as traces.
 * Returns 0, or says what failed and returns EXIT_FAILED.
 */
int rings_extract(struct rings *rings, const char *to, const char *output);
