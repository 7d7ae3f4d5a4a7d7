/* SPDX-License-Identifier: MIT */
/*
 * From babeltrace2's messages, in the order of time, to what struct
 * reader_calls is told: an event, what was recorded of a host, what was lost
 * (discarded.h). Whoever runs the graph owns the messages.
 */
#pragma once

#include "babeltrace/event_class.h"
#include "babeltrace/event_host.h"
#include "babeltrace/reader.h"

#include <babeltrace2/babeltrace.h>

struct message_events {
	/* Set before the first: */
	const struct reader_calls *calls;
	void *data;
	uint64_t mip;		  /* of the graph (mip.h) */
	uint64_t first_discarded; /* events, before the first packets */

	struct event_hosts hosts;
	struct event_classes classes;
	uint64_t stack[EVENT_DEPTH_MAX];
	bool stopped; /* no memory */
};

/* After which nothing more may be taken once it has stopped. */
void message_event_take(struct message_events *events,
			const bt_message *message);

/* When it happened: an event, or the end of a packet. Returns false if that is
 * not known, or it is another message. */
bool message_event_time(const bt_message *message, int64_t *time);

void message_events_free(struct message_events *events);
