/* SPDX-License-Identifier: MIT */
/*
 * Two parts of one trace become one: what LTTng's consumer daemon wrote, and
 * what was found in the ring buffers. A stream of CTF is packet after
 * packet, so the second is put behind the first.
 *
 * The consumer writes a packet, and gives its sub-buffer back. Killed in
 * between, it leaves at the end of the file a packet that the ring has, too, or
 * a part of one. The part is cut off (see repair.h). Packets are numbered, so
 * byte by byte comparison tells: what is at the end of the first part, from the
 * begin of a packet on, and is how the second part begins, is cut off.
 *
 * The metadata becomes that of the buffers, which the session daemon writes as
 * soon as it knows it.
 *
 * Whoever stops in the middle may begin again: what is done is seen.
 */
#pragma once

#include "common/trouble.h"

#include <stdbool.h>

/* Whether anything was salvaged but metadata. */
bool merge_has_streams(const char *from);

/* from: what salvage() made; to: the output of the recording. Returns 0 or -1.
 */
int merge_traces(const char *from, const char *to, struct trouble *why);
