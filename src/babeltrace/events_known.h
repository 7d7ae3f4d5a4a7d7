/* SPDX-License-Identifier: MIT */
/*
 * Whether the events of a trace are those that their reader goes by. They may
 * be of another libawait: then what is absent must not be taken for 0.
 */
#pragma once

#include "babeltrace/trace_event.h"
#include "common/trouble.h"

enum { EVENT_FIELDS_MAX = 8 };

/* What a reader takes from an event. Other fields may be absent, or new. */
struct event_needs {
	const char *event;
	const char *numbers[EVENT_FIELDS_MAX];
	const char *strings[EVENT_FIELDS_MAX];
};

struct events_reader {
	const char *name; /* as messages call it */
	const struct event_needs *needs;
	size_t count;
};

/*
 * Returns 0, or -1: the event is one of ours and of another version. seen has a
 * bit for each kind of event that was looked at before and begins as 0; one for
 * each process will do, since a process has one tracer.
 */
int events_known(const struct events_reader *reader, unsigned *seen,
		 const struct trace_event *event, struct trouble *why);
