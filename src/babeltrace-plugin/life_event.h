/* SPDX-License-Identifier: MIT */
/*
 * Lives as babeltrace2's messages: a stream of events called `life`, one
 * each. A field of what may be unknown is an option.
 */
#pragma once

#include "babeltrace-plugin/life.h"

#include <babeltrace2/babeltrace.h>

struct life_events {
	bt_self_message_iterator *self;
	bt_stream *stream;
	bt_event_class *class;
	uint64_t mip;
	bool has_clock;
};

/*
 * The stream of an iterator; clock: of an input, or NULL: it has none. Its own
 * has the same origin, and a cycle is a nanosecond. Returns 0, or -1 without
 * memory.
 */
int life_events_open(struct life_events *events, bt_self_message_iterator *self,
		     uint64_t mip, const bt_clock_class *clock);
void life_events_close(struct life_events *events);

/* NULL without memory. time: of the message, not before that of the one before.
 */
const bt_message *life_events_begin(const struct life_events *events);
const bt_message *life_events_message(const struct life_events *events,
				      const struct life *life, uint64_t time);
const bt_message *life_events_end(const struct life_events *events);
