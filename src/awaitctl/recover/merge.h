/* SPDX-License-Identifier: MIT */
/*
 * Joins two parts of one trace: what LTTng's consumer daemon wrote, and what
 * was salvaged of the ring buffers. A stream of CTF is packet after packet, so
 * the second part is appended to the first.
 *
 * The consumer writes a packet, then gives its sub-buffer back. Killed in
 * between, it leaves a packet at the end of the file that the ring has, too, or
 * a part of one. The part is cut off (see repair.h). Packets are numbered, so
 * comparing bytes is enough to find the rest: if the end of the file, from the
 * begin of a packet on, is how the second part begins, it is cut off, too.
 *
 * The metadata becomes that of the buffers, which the session daemon writes as
 * soon as it knows it.
 *
 * A merge that stopped in the middle may be begun again: it sees what is done.
 */
#pragma once

#include "awaitctl/tracedir/folder.h"
#include "common/trouble.h"

#include <stdbool.h>

/* Whether anything was salvaged but metadata. */
bool merge_has_streams(const struct folder *output, const char *from);

/* Both are in the output of the recording; from: what salvage() made; to: the
 * trace. Returns 0 or -1. */
int merge_traces(const struct folder *output, const char *from, const char *to,
		 struct trouble *why);
