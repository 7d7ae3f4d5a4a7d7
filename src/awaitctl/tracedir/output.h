/* SPDX-License-Identifier: MIT */
/*
 * The directory a recording goes to. It is made new, or was empty: nothing of
 * the user's is ever mixed with a trace, and a recording that never began can
 * be taken back without a trace of it. It is ours and nobody else may write, so
 * nobody puts a link there for LTTng to follow; awaitctl itself follows none.
 */
#pragma once

#include "awaitctl/tracedir/folder.h"
#include "common/trouble.h"

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

struct output {
	struct folder folder; /* its path is absolute */
	bool made;	      /* by us: it did not exist */
};

/* Makes directory or, if that is NULL, one in the current directory that is
 * named after the program and the time. Returns 0 or -1. */
int output_prepare(struct output *output, const char *directory,
		   const char *program, struct trouble *why);

/* Opens one that was made before. Returns 0 or -1. */
int output_open(struct output *output, const char *directory,
		struct trouble *why);

/* The name of the directory that output_prepare() would make. */
void output_dated(char path[PATH_MAX], const char *program);

/* Whether it is where it was made: LTTng does not notice if somebody removes or
 * renames it. output_check() returns 0 or -1. */
bool output_is_there(const struct output *output);
int output_check(const struct output *output, struct trouble *why);

/* Whether LTTng wrote no file at all below, "" for all: no process of the
 * recording had a tracer. One that makes no await has a trace without events.
 */
bool output_is_empty(const struct output *output, const char *below);

/* Removes what was recorded, and the directory if it did not exist before.
 * Returns 0 or -1. */
int output_discard(const struct output *output, struct trouble *why);
