/* SPDX-License-Identifier: MIT */
/*
 * Where an event comes from. A trace is of one host; parts of one, as LTTng
 * makes them when it rotates, have one UUID. Different hosts may have processes
 * of the same number.
 */
#pragma once

#include <babeltrace2/babeltrace.h>
#include <stdint.h>

struct origin {
	const bt_trace *trace;
	int64_t number;	  /* from 0, the same for parts of one trace */
	const char *host; /* "" if the trace does not say */
};

struct origins {
	struct origin *items;
	size_t count;
};

/* Valid until the next call. NULL without memory. */
const struct origin *origin_of(struct origins *origins, const bt_event *event);

void origins_free(struct origins *origins);
