/* SPDX-License-Identifier: MIT */
/*
 * Makes a trace that can be read of what LTTng's consumer daemon left below a
 * directory. It takes no room: the disk may be full. A stream may end within a
 * packet, which babeltrace2 can't read: that is cut off. If there was room
 * again, the next packet begins in the middle of one: that one is emptied. An
 * index may disagree with its stream; it is not needed, and removed. A repair
 * that stopped in the middle may be begun again.
 */
#pragma once

#include "awaitctl/tracedir/tree.h"
#include "common/trouble.h"

/* Of the trace that a folder has below. Returns 0 or -1. */
int repair_trace(const struct folder *folder, const char *below,
		 struct trouble *why);

/* The metadata that the session daemon wrote beside the buffers, from, becomes
 * that of the trace, to. Returns 0, or -1 with errno: then the latter is what
 * it was. */
int repair_metadata(const struct tree_entry *from, const struct folder *folder,
		    const char *to);

/* Repairs what can be repaired of the trace in output, the metadata of what the
 * folder has at `buffers` if there is room for it now, and goes on after a
 * failure: for a trace that is known to be incomplete. */
void repair_all(const struct folder *output, const struct folder *folder,
		const char *buffers);
