/* SPDX-License-Identifier: MIT */
/*
 * The host that an event comes from, and the namespace of process ids there. A
 * trace is of one host; its parts, as LTTng makes them by rotation, have the
 * same id. Different hosts may have processes of the same number, and so may
 * the namespaces of one, which containers have.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct event_host {
	uint64_t trace;	 /* what identifies it among those that are read */
	uint64_t pid_ns; /* its inode; 0 if the trace does not say */
	int64_t number;	 /* from 0, the same for parts of one trace */
	/* Copies; "" if the trace does not say: */
	char *trace_id;
	char *name;
	char *session;
};

struct event_hosts {
	struct event_host *items;
	size_t count;
	size_t latest; /* that was asked for */
};

/* What was added, valid until another one is. NULL: none was. */
const struct event_host *event_host_find(struct event_hosts *hosts,
					 uint64_t trace, uint64_t pid_ns);

/* one: all but its number; the strings are copied. Returns what was added, or
 * NULL without memory. */
const struct event_host *event_host_add(struct event_hosts *hosts,
					const struct event_host *one);

void event_hosts_free(struct event_hosts *hosts);
