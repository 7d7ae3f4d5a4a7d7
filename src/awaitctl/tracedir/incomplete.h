/* SPDX-License-Identifier: MIT */
/*
 * What a trace lacks that does not say so itself. A recording whose buffers are
 * kept (see shm_dir.h) is unfinished; in one that is finished, the file
 * `incomplete` says in a line what is missing.
 */
#pragma once

#include "awaitctl/tracedir/folder.h"
#include "common/trouble.h"
#include "ctf/unconsumed.h"

#include <stdbool.h>
#include <stddef.h>

/* Makes the file, with that text, in a directory that awaitctl recorded to.
 * Returns 0 or -1. */
int incomplete_mark(const struct folder *output, const char *text,
		    struct trouble *why);

/* The same, if something is lost that was in the buffers. */
int incomplete_mark_lost(const struct folder *output,
			 const struct unconsumed *unconsumed,
			 struct trouble *why);

/* Whether a trace is incomplete, and what is missing, as text that goes on
 * after "INCOMPLETE: ". */
bool incomplete_is(const char *directory, char *text, size_t size);

/* Whether the recording's buffers are kept. */
bool incomplete_is_unfinished(const char *directory);
