/* SPDX-License-Identifier: MIT */
/*
 * One ring buffer of LTTng-UST in the file that holds it, of which nobody is
 * left to tell where things are: liblttng-ust describes it at its begin, for
 * lttng-crash(1). It is divided into sub-buffers, each of which becomes a
 * packet of the stream.
 *
 * An event is written in three steps: room is taken, bytes are written, the
 * room is committed. Only how much of a sub-buffer is committed is known, not
 * which room: what was never committed, since its thread was killed, is a gap.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct ring {
	char *bytes;
	uint64_t size;
	const struct ring_abi *abi;
	unsigned word;	     /* of the program, in bytes */
	uint64_t begin, end; /* what was not read; counted since the start */
};

struct ring_part {
	char *bytes;
	uint64_t size;
	uint64_t taken;	    /* room, for the head and for events */
	uint64_t committed; /* how much of that */
	uint64_t sequence;  /* at least so much from the begin without a gap */
};

enum ring_opened { RING_OPENED, RING_NONE, RING_UNKNOWN, RING_FAILED };

/* RING_UNKNOWN: of a program or an LTTng with another layout; RING_FAILED has
 * errno. */
enum ring_opened ring_open(struct ring *ring, const char *path);
void ring_close(struct ring *ring);

/* The sub-buffer at that position, and sets the position to the next. False if
 * there is none, or the file is damaged. Its bytes can be changed: they are a
 * copy. */
bool ring_next(const struct ring *ring, uint64_t *position,
	       struct ring_part *part);

/* Where the sub-buffer before the first that was not read begins, if there is
 * one. */
uint64_t ring_back(const struct ring *ring);

bool ring_overwrites(const struct ring *ring);

/* Whether the last of its sub-buffers is in use. */
bool ring_is_full(const struct ring *ring);

/* The one before what was not read, which is still there. False if it is not.
 */
bool ring_before(const struct ring *ring, struct ring_part *part);
