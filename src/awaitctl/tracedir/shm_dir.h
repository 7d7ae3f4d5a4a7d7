/* SPDX-License-Identifier: MIT */
/*
 * The files that hold LTTng's ring buffers during a recording. They have names,
 * in a directory of their own, so what is in them outlives the program, LTTng's
 * daemons and awaitctl. OUTPUT/shm is a link to that directory: as long as it
 * is there, the recording has not been finished.
 *
 * Whoever records or recovers holds a lock on the directory.
 */
#pragma once

#include "common/trouble.h"

#include <limits.h>

#define SHM_DIR_USUAL "/dev/shm"

struct shm_dir {
	char link[PATH_MAX]; /* OUTPUT/shm */
	char path[PATH_MAX];
	char hidden[PATH_MAX + 8]; /* or there, see shm_dir_hide() */
	int lock;		   /* a file descriptor; -1: none */
};

/* Makes PARENT/NAME for the recording to output. Returns 0 or -1. */
int shm_dir_make(struct shm_dir *dir, const char *output, const char *parent,
		 const char *name, struct trouble *why);

enum shm_dir_found {
	SHM_DIR_FOUND,
	SHM_DIR_NONE,
	SHM_DIR_GONE, /* only the link is left */
	SHM_DIR_LOCKED,
};

/* Finds the one of the recording to output, and locks it. */
enum shm_dir_found shm_dir_find(struct shm_dir *dir, const char *output);

/* The name of the directory, which is that of LTTng's session. */
const char *shm_dir_name(const struct shm_dir *dir);

/* Unlocks it. */
void shm_dir_release(struct shm_dir *dir);

/* Removes it and the link, and unlocks it. Returns 0 or -1. */
int shm_dir_remove(struct shm_dir *dir, struct trouble *why);

/* Renames the directory, of which OUTPUT/shm still has the old name: LTTng
 * removes what it finds there together with the session. Returns 0 or -1. */
int shm_dir_hide(struct shm_dir *dir, struct trouble *why);

/* Where the files are now, of the buffers and of the metadata. */
const char *shm_dir_path(const struct shm_dir *dir);
