/* SPDX-License-Identifier: MIT */
/*
 * The host that an event comes from, and the namespace of process ids there. A
 * trace is of one host; its parts, as LTTng makes them by rotation, have the
 * same id. Different hosts may have processes of the same number, and so may
 * the namespaces of one, which containers have.
 */
#pragma once

#include <babeltrace2/babeltrace.h>
#include <stdint.h>

struct event_host {
	const bt_trace *trace;
	uint64_t pid_ns; /* its inode; 0 if the trace does not say */
	int64_t number;	 /* from 0, the same for parts of one trace */
	/* "" if the trace does not say */
	const char *name;
	const char *session;
};

struct event_hosts {
	struct event_host *items;
	size_t count;
	size_t latest; /* that was asked for */
};

/* Valid until the next call. NULL without memory. */
const struct event_host *event_host_of(struct event_hosts *hosts,
				       const bt_event *event, uint64_t pid_ns);

void event_hosts_free(struct event_hosts *hosts);
