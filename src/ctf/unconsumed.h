/* SPDX-License-Identifier: MIT */
/*
 * Which packets of a ring were not written. LTTng's consumer daemon says which
 * sub-buffers it has given back. But it gives back also one for which it found
 * no room on the disk: what was in that is there until it is filled once more,
 * and the numbers of the packets in the stream's file tell that it is missing.
 */
#pragma once

#include "awaitctl/recover/salvage.h"
#include "ctf/packet.h"
#include "ctf/shm_ring.h"

/* Of a sub-buffer, if it was written. */
const struct packet_head *packet_head_of(const struct ring_part *part);

/* Of that at a position, likewise. */
const struct packet_head *packet_head_at(const struct ring *ring,
					 uint64_t position);

/* Whether it was full when it was given to the consumer. */
bool packet_is_delivered(const struct ring_part *part);

/* Lets the ring begin with the first packet that the file lacks and it still
 * has, and adds to *found. Rings that overwrite are written to snapshots, each
 * anew: they stay as they are. */
void unwritten_find(struct ring *ring, const char *file, struct found *found);
