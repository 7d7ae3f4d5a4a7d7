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
	uint64_t first_discarded; /* events, before the first packets */

	struct event_hosts hosts;
	struct event_classes classes;
	uint64_t stack[EVENT_DEPTH_MAX];
	uint64_t events; /* that were passed on */
	bool stopped;	 /* there were as many as wanted, or no memory */
};

/* After which nothing more may be taken once it has stopped. */
void message_event_take(struct message_events *events,
			const bt_message *message);

void message_events_free(struct message_events *events);
