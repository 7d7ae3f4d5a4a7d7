/* SPDX-License-Identifier: MIT */
/*
 * Trees of directories, below one that is open (folder.h). A directory may be
 * removed meanwhile, by LTTng, which is no failure.
 */
#pragma once

#include "awaitctl/tracedir/folder.h"
#include "common/trouble.h"

#include <stdint.h>
#include <sys/types.h>

struct tree_entry {
	const char *path;
	const char *below; /* the end of the path: "" of the root, or "/..." */
	const char *name;
	int at; /* the directory that has that name */
	enum { TREE_DIRECTORY, TREE_FILE, TREE_OTHER } type;
	off_t size;
};

/* Returns 0 to go on, anything else to end the walk. */
typedef int tree_visit(const struct tree_entry *entry, void *data,
		       struct trouble *why);

/* Visits what the folder has at root and all below it, a directory before what
 * is in it; symbolic links are not followed. Returns what visit() returned
 * last, or -1. */
int tree_walk(const struct folder *folder, const char *root, tree_visit *visit,
	      void *data, struct trouble *why);

/* Removes a directory and all in it; that it is gone already is no failure.
 * Does not cross file systems. Returns 0, or -1 with errno. */
int tree_remove(const struct folder *folder, const char *root);

/* The same, but for the directory itself. */
int tree_clear(const struct folder *folder, const char *root);

/* The bytes of all files below a directory; what cannot be read is no part of
 * it. */
uint64_t tree_size(const char *directory);

/* Copies between files that are open. Returns 0, or -1 with errno, and half of
 * the copy may be there. */
int copy_file(int from, int to);
