/* SPDX-License-Identifier: MIT */
/*
 * A walk over every await of the process that survives damaged memory: for
 * await_dump() and the report at exit.
 */
#pragma once

#include "libawait/inspect/out.h"
#include "libawait/inspect/snapshot.h"

struct walk {
	struct out out;
	struct snapshot snapshot;
	uint64_t changing; /* awaits that changed too often for a snapshot */
	bool damaged;	   /* there may be more behind the damage */
};

/* Calls visit with a snapshot of each await. Sets up walk->out to write to fd;
 * the caller flushes it. */
void walk_all(struct walk *walk, int fd, void (*visit)(struct walk *, void *),
	      void *data);
