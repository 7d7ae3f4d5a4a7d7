/* SPDX-License-Identifier: MIT */
/*
 * Finds the events in a sub-buffer in which some were begun and never
 * committed, as their threads were killed. Behind such a gap lie events of
 * other threads, which went on. LTTng's own reader stops at the first gap.
 *
 * In the gap may be anything: a part of the event, and of what the sub-buffer
 * held a lap before, which looks like events. So all ways are tried to read the
 * bytes as events and gaps (event_paths.h). What is not the same in all of them
 * is left out, and said.
 */
#pragma once

#include "ctf/event_size.h"
#include "ctf/shm_ring.h"

#include <stdbool.h>
#include <stdint.h>

enum { TORN_SUBBUF_RANGES = 64 };

/* Committed events without a gap between them. */
struct event_range {
	uint64_t from, to; /* in the sub-buffer */
	uint64_t begin;	   /* time of the first event, or before it */
	uint64_t end;	   /* time of the last one; 0: not known */
};

/* What was left out, as it cannot be told whether it was committed. */
struct uncertain {
	uint64_t bytes;
	uint64_t events; /* at most; 0: not known */
	bool others;	 /* it may be others, of that size, that were not */
	uint64_t from;	 /* no event is earlier */
	uint64_t to;	 /* none is later; UINT64_MAX: not known */
};

/* Adds what was left out of another sub-buffer. */
void uncertain_add(struct uncertain *sum, const struct uncertain *more);

struct torn_subbuf {
	struct event_range ranges[TORN_SUBBUF_RANGES];
	unsigned count;
	uint64_t time; /* of the last event */
	bool certain;  /* the ranges are what was committed, and nothing else */
	struct uncertain uncertain; /* if they are not */
};

/* The sub-buffer begins with a packet's head, of that size. No event in it is
 * later than `latest`. It takes no more than half of the steps that are left.
 */
void torn_subbuf_find(struct torn_subbuf *torn,
		      const struct stream_layout *stream,
		      const struct shm_subbuf *subbuf, uint64_t head_size,
		      uint64_t latest);
