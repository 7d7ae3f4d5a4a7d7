/* SPDX-License-Identifier: MIT */
/*
 * A directory that stays open. What is below it is opened from there, name by
 * name, and no symbolic link on the way is followed: a path can lead elsewhere
 * from one moment to the next, what is open cannot.
 *
 * Paths below begin with or without a slash; "" is the directory itself.
 * Functions that return int return -1 with errno.
 */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

struct folder {
	int fd; /* -1: closed */
	char path[PATH_MAX];
};

/* Opens the directory at an absolute path that has no link in it. Returns 0 or
 * -1. */
int folder_open(struct folder *folder, const char *path);
void folder_close(struct folder *folder);

/* Whether it is ours: our user's, and nobody else may write. If not, why not,
 * as text that follows its name; NULL if it is. */
const char *folder_foreign(const struct folder *folder);

/* Opens a file or a directory below; nothing else, so that nobody waits for a
 * FIFO's other end. */
int folder_file(const struct folder *folder, const char *below, int flags);

bool folder_has(const struct folder *folder, const char *below);
int folder_mkdir(const struct folder *folder, const char *below);
int folder_rmdir(const struct folder *folder, const char *below);
int folder_unlink(const struct folder *folder, const char *below);
/* A symbolic link to a path. */
int folder_symlink(const struct folder *folder, const char *path,
		   const char *below);
int folder_rename(const struct folder *folder, const char *from,
		  const char *to);

/* Another name for a file, of the directory `at`. */
int folder_link(const struct folder *folder, int at, const char *name,
		const char *below);
