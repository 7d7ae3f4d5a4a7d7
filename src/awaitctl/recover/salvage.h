/* SPDX-License-Identifier: MIT */
/*
 * Makes traces of the files of ring buffers, of what was committed and LTTng's
 * consumer daemon has not written. lttng-crash(1) does so too, but stops in a
 * sub-buffer at the first event that is missing, and in a ring at a sub-buffer
 * that begins with one.
 */
#pragma once

#include "awaitctl/tracedir/folder.h"
#include "common/trouble.h"
#include "ctf/torn_subbuf.h"
#include "ctf/unconsumed.h"

#include <stdbool.h>

struct salvaged {
	bool torn; /* a thread died in the middle of an event */
	bool is_uncertain;
	struct uncertain uncertain; /* times are since 1970, if known */
	bool unknown;		    /* a ring has a layout that is not known */
	struct unconsumed unconsumed;
};

/* Makes the directory `to` in output, of the buffers that the folder `from` has
 * at `rings`: traces of what those in output lack. LTTng stopped the session of
 * those in output after `stopped`, in ns of CLOCK_MONOTONIC; 0 if it did not,
 * or nobody knows. Returns 0, or -1 and *salvaged is as it was, but for
 * `unknown`. */
int salvage(const struct folder *from, const char *rings,
	    const struct folder *output, const char *to, uint64_t stopped,
	    struct salvaged *salvaged, struct trouble *why);
