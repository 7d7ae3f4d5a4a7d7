/* SPDX-License-Identifier: MIT */
/*
 * Whether the events of a trace are those that their reader goes by. They may
 * be of another libawait: then what is absent must not be taken for 0.
 */
#pragma once

#include "common/trouble.h"
#include "lives/event.h"

struct events_reader {
	const char *name; /* as messages call it */
	/* The fields that it takes from events of a kind, a bit for each. Other
	 * fields may be absent, or new. */
	uint32_t needs[EVENT_KINDS];
};

/*
 * Returns 0, or -1: the event is one of ours and of another version. seen has a
 * bit for each kind of event that was looked at before and begins as 0; one for
 * each process will do, since a process has one tracer.
 */
int events_known(const struct events_reader *reader, uint32_t *seen,
		 const struct trace_event *event, struct trouble *why);

#define NEEDS(field) (1u << FIELD_##field)
