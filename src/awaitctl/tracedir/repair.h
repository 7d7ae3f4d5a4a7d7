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

#include "common/trouble.h"

/* Returns 0 or -1. */
int repair_trace(const char *output, struct trouble *why);

/* The metadata that the session daemon wrote beside the buffers, from, becomes
 * that of the trace, to. Returns 0, or -1 with errno: then the latter is what
 * it was. */
int repair_metadata(const char *from, const char *to);

/* Repairs what can be repaired, the metadata if there is room for it now, and
 * goes on after a failure: for a trace that is known to be incomplete. */
void repair_all(const char *output, const char *buffers);
