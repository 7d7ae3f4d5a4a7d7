/* SPDX-License-Identifier: MIT */
/*
 * The places in a sub-buffer at which an event may begin: the bytes there look
 * like one. Bytes that are left of an earlier lap of the ring look so, too, and
 * so may any others by accident. What else is known of an event:
 *
 * - LTTng-UST gives it the low half of its time only if less than 2^27 ns have
 *   passed since the one before, all of its time otherwise. Events are in the
 *   order of their times.
 * - A thread writes it from its begin to its end. So what is left of an earlier
 *   lap in an unfinished one, if anything, is its end; and its thread, if that
 *   was written, recorded nothing any more.
 */
#pragma once

#include "ctf/event_size.h"
#include "ctf/shm_ring.h"

#include <stdbool.h>
#include <stdint.h>

#define EVENT_PLACE_NONE UINT32_MAX

struct event_place {
	uint64_t at, end; /* in the sub-buffer */
	uint64_t time;	  /* or the low half of it */
	int thread;
	bool has_whole_time;
	bool thread_is_new;	 /* of this lap */
	bool finished;		 /* if there is an event, it is a whole one */
	uint32_t next;		 /* the place at the end, or EVENT_PLACE_NONE */
	uint32_t next_of_thread; /* or EVENT_PLACE_NONE */
	enum {
		PLACE_NO_EVENT,
		PLACE_EVENT,
		PLACE_UNCERTAIN,
	} verdict; /* of event_paths.h */
};

/* In the order of `at`. The first is a place of no bytes: what is known ends
 * there. */
struct event_places {
	struct event_place *place;
	uint32_t count;
};

/* From there to the end of what is reserved. `from` is what the first place
 * becomes. Returns 0, or -1 without memory or steps. */
int event_places_find(struct event_places *places,
		      const struct stream_layout *stream,
		      const struct shm_subbuf *subbuf,
		      const struct event_place *from);
void event_places_free(struct event_places *places);

/* The first place that does not begin before that; or their count. */
uint32_t event_places_from(const struct event_places *places, uint64_t at);

/* How an event follows another. */
enum event_step {
	EVENT_ADJACENT,	 /* at its end */
	EVENT_BEHIND_GAP /* of which the times are not known */
};

/* Whether an event there may follow one of that time, and be no later than
 * `latest`, UINT64_MAX if that is not known. *time becomes its time. */
bool event_place_fits(const struct event_place *place, uint64_t before,
		      enum event_step step, uint64_t latest, uint64_t *time);
