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

#define SHM_DIR_USUAL "/dev/shm"

struct shm_dir {
	char link[PATH_MAX]; /* OUTPUT/shm */
	char path[PATH_MAX];
	char hidden[PATH_MAX + 8]; /* or there, see shm_dir_hide() */
	int lock;
	struct salvaged salvaged; /* shm_dir_extract() */
};

/* Makes PARENT/NAME for the recording to output. Returns 0, or says what
 * failed and returns EXIT_FAILED. */
int shm_dir_make(struct shm_dir *buffers, const char *output,
		 const char *parent, const char *name);

enum shm_dir_found {
	SHM_DIR_FOUND,
	SHM_DIR_NONE,
	SHM_DIR_GONE,
	SHM_DIR_LOCKED
};

/* Finds those of output; SHM_DIR_GONE: only the link is left. */
enum shm_dir_found shm_dir_find(struct shm_dir *buffers, const char *output);

/* What the directory is called: as the session of LTTng. */
const char *shm_dir_name(const struct shm_dir *buffers);

/* Lets go of them; or also removes them and the link. */
void shm_dir_release(struct shm_dir *buffers);
void shm_dir_remove(struct shm_dir *buffers);

/* Renames their directory, of which OUTPUT/shm still has the old name: LTTng
 * removes what it finds there with the session. */
void shm_dir_hide(struct shm_dir *buffers);

/* Their directory now, which has the metadata, too. */
const char *shm_dir_path(const struct shm_dir *buffers);

/*
 * Copies what is in them and output lacks to a new directory, as traces.
 * Returns 0, or says what failed and returns EXIT_FAILED.
 */
int shm_dir_extract(struct shm_dir *buffers, const char *to,
		    const char *output);
