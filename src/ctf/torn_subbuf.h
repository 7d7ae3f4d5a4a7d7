/* SPDX-License-Identifier: MIT */
/*
 * Finds the events in a sub-buffer in which some were begun and never
 * committed, as their threads were killed. Behind such a gap lie events of
 * other threads, which went on. LTTng's own reader stops at the first gap.
 *
 * Events are found by walking: each is as long as its fields are, and is
 * followed by another. Where no event is, there is a gap, and the search goes
 * on for the next place from which several events follow one another. A gap may
 * look like an event, however, if its thread had written and not committed it.
 * Then fewer bytes were committed than events were found, and it is the last
 * event of its thread.
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

struct torn_subbuf {
	struct event_range ranges[TORN_SUBBUF_RANGES];
	unsigned count;
	uint64_t time; /* of the last event */
	bool certain;  /* the ranges are what was committed, and nothing else */
};

/* The sub-buffer begins with a packet's head, of that size. No event in it is
 * later than `latest`. */
void torn_subbuf_find(struct torn_subbuf *torn,
		      const struct stream_layout *stream,
		      const struct shm_subbuf *subbuf, uint64_t head_size,
		      uint64_t latest);
