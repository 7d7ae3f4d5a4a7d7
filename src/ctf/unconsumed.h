/* SPDX-License-Identifier: MIT */
/*
 * Which packets of a ring LTTng's consumer daemon has not written. The ring
 * says which sub-buffers the consumer has given back. It gives back also one
 * for which it found no room on the disk: then the packet is still in the ring
 * until the sub-buffer is filled again, and a number is missing in the stream's
 * file.
 */
#pragma once

#include "ctf/shm_ring.h"

/* Sums over the rings of a recording. */
struct unconsumed {
	bool rescued;	  /* packets that LTTng could not write */
	bool full;	  /* a ring was, at the end: what was discarded then is
			   * not counted */
	bool overwritten; /* packets in a file were (PACKET_OVERWRITTEN) */
	uint64_t lost;	  /* packets that are neither in a file nor in a ring */
};

/*
 * Moves the begin of the ring to the first packet that the stream's file lacks
 * and the ring still has, and adds to *unconsumed. Does nothing to a ring that
 * overwrites: each snapshot of one is written anew.
 *
 * To stop a session LTTng ends each stream with a packet, which counts the
 * events that were discarded last. It has no room for that in a ring that is
 * full then, which nothing shows once the consumer has emptied it but that the
 * last packet ended before. stopped: a time before LTTng stopped the session,
 * on the clock of the packets; 0 if that is not known.
 */
void unconsumed_find(struct shm_ring *ring, const char *file, uint64_t stopped,
		     struct unconsumed *unconsumed);
