/* SPDX-License-Identifier: MIT */
/*
 * Every await of the process, in a walk that survives a damaged process: for
 * await_dump() and the report at exit.
 */
#pragma once

#include "libawait/inspect/out.h"
#include "libawait/inspect/snapshot.h"

struct walk {
	struct out out;
	struct snapshot snapshot;
	uint64_t changing; /* slots that did not stand still */
};

/* Calls visit with a snapshot of each await. Sets up walk, to write to fd; the
 * caller flushes. */
void walk_all(struct walk *walk, int fd, void (*visit)(struct walk *, void *),
	      void *data);
