/* SPDX-License-Identifier: MIT */
/*
 * The files that hold LTTng's ring buffers during a recording. They have names,
 * in a directory of their own, so what is in them outlives the program, LTTng's
 * daemons and awaitctl. OUTPUT/shm is a link to that directory: as long as it
 * is there, the recording has not been finished.
 *
 *     OUTPUT/shm -> /dev/shm/await-PROGRAM-TAG/rings
 *
 *     await-PROGRAM-TAG      ours alone
 *         recording          as OUTPUT/recording
 *         rings, or kept     the files; readers of traces find them by the
 * link, and not when they are kept
 *
 * A link proves nothing, nor does a name. What it leads to is this recording's
 * if it is in a directory of ours, of the session's name, that has the same
 * identity (identity.h): then all may be done with it. Otherwise, as an
 * older awaitctl or a user by hand left it, it is read if it is our user's, and
 * never changed.
 *
 * Whoever records or recovers holds a lock on the directory.
 */
#pragma once

#include "awaitctl/tracedir/folder.h"
#include "awaitctl/tracedir/identity.h"
#include "common/trouble.h"

#define SHM_DIR_USUAL "/dev/shm"

struct shm_dir {
	const struct folder *output; /* of the recording */
	struct folder folder;	     /* its descriptor has the lock */
	bool ours;		     /* it is proved to be this recording's */
	char rings[PATH_MAX + 8];    /* the path for LTTng */
};

/* Makes PARENT/NAME for the recording to output. Returns 0 or -1. */
int shm_dir_make(struct shm_dir *dir, const struct folder *output,
		 const char *parent, const char *name,
		 const struct identity *identity, struct trouble *why);

enum shm_dir_found {
	SHM_DIR_FOUND,
	SHM_DIR_NONE,
	SHM_DIR_GONE,	 /* only the link is left */
	SHM_DIR_FOREIGN, /* it leads to what is not for us: *why says why */
	SHM_DIR_LOCKED,
};

/* Finds the one of the recording to output, and locks it. */
enum shm_dir_found shm_dir_find(struct shm_dir *dir,
				const struct folder *output,
				struct trouble *why);

/* The name of the directory, which is that of LTTng's session. */
const char *shm_dir_name(const struct shm_dir *dir);

/* Unlocks it. */
void shm_dir_release(struct shm_dir *dir);

/* Removes it if it is ours, the link and the identity, and unlocks it. Returns
 * 0 or -1. */
int shm_dir_remove(struct shm_dir *dir, struct trouble *why);

/* Renames what the files are in: LTTng removes what it finds at the old name
 * together with the session. Returns 0 or -1. */
int shm_dir_hide(struct shm_dir *dir, struct trouble *why);

/* Where the files are now, of the buffers and of the metadata: in its folder.
 */
const char *shm_dir_rings(const struct shm_dir *dir);
