/* SPDX-License-Identifier: MIT */
/*
 * What a trace lacks that does not say so itself. A recording whose rings are
 * kept (see shm_dir.h) is unfinished; in one that is finished, the file
 * `incomplete` says in a line what is missing.
 */
#pragma once

#include "ctf/unconsumed.h"

#include <stdbool.h>
#include <stddef.h>

/* Makes the file, in a directory that awaitctl recorded to. */
void incomplete_mark(const char *directory, const char *why);

/* Likewise, if something is lost that was in the rings. */
void incomplete_mark_lost(const char *directory,
			  const struct unconsumed *unconsumed);

/* Whether one is, and why, as text that goes on after "INCOMPLETE: ". */
bool incomplete_is(const char *directory, char *why, size_t size);

/* Whether its rings are kept. */
bool incomplete_is_unfinished(const char *directory);
