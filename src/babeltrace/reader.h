/* SPDX-License-Identifier: MIT */
/*
 * Reads LTTng traces through libbabeltrace2: passes the events of all traces
 * below a directory to a function, in the order of time.
 */
#pragma once

#include "common/mapped_file.h"
#include "common/trouble.h"
#include "lives/event.h"

struct reader_calls {
	/* So many decode, beside this one, which then has one thread. What is
	 * passed on does not depend on how many. 0: this one does, and some
	 * damage ends it. */
	unsigned processes;
	bool stacks; /* events have them */
	void (*event)(void *data, const struct trace_event *event);
	/* Before the event that tells of it. */
	void (*mapped_file)(void *data, const struct mapped_file *file);
	/* What a host did up to that time was recorded by one of its
	 * processors. host: of a struct trace_event. May be NULL. */
	void (*packet_end)(void *data, int64_t host, int64_t time);
	/* count events were lost; 0 if the trace does not say how many */
	void (*discarded)(void *data, uint64_t count);
};

enum reader_result {
	READER_DONE,
	READER_NOTHING, /* no trace was found or opened: *why says why */
	READER_DAMAGED, /* broke off on the way: *why says why */
};

enum reader_result reader_read(const char *directory,
			       const struct reader_calls *calls, void *data,
			       struct trouble *why);
