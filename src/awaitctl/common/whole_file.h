/* SPDX-License-Identifier: MIT */
/*
 * A file that is there as a whole or not at all: it is written under another
 * name, or, for stdout, to a file without one. A child process may write and
 * commit what this one has opened.
 */
#pragma once

#include "common/trouble.h"

#include <limits.h>
#include <stdio.h>

struct whole_file {
	FILE *out; /* to write to */
	char path[PATH_MAX], temporary[PATH_MAX];
};

/* path: "-" or NULL for stdout. Returns 0, or -1 and nothing is left to do. */
int whole_file_open(struct whole_file *file, const char *path,
		    struct trouble *why);

/* Before it is written once more: it is empty again. */
int whole_file_restart(struct whole_file *file, struct trouble *why);

/* Gives it its name, which another file may have had; or copies it to stdout.
 * Returns 0 or -1. */
int whole_file_commit(struct whole_file *file, struct trouble *why);

/* Last: what was not committed is gone. */
void whole_file_close(struct whole_file *file);
