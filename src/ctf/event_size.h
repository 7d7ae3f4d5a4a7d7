/* SPDX-License-Identifier: MIT */
/*
 * How many bytes an event has, which is only known by decoding it: so that
 * events can be told from other bytes in a buffer that has gaps.
 */
#pragma once

#include "ctf/metadata_layout.h"

#include <stdint.h>

struct sized_event {
	size_t size;
	uint64_t time;
	bool has_whole_time; /* not only the low half of it */
	int pid, thread;     /* vpid and vtid, or 0 */
	size_t thread_at;    /* the place of vtid in it, or 0 */
	bool is_accident;    /* LTTng-UST writes no such contexts: these bytes
				are of other events */
	size_t looked;	     /* how much was looked at, about, in bytes; also of
				what is none */
};

/*
 * The event of a stream in the first of the `left` bytes. before is the time of
 * the event before it, or of the packet. False if there is none: its id and its
 * texts tell, or it is longer than that, or earlier.
 */
bool event_size_measure(const struct stream_layout *stream, const char *bytes,
			size_t left, uint64_t before,
			struct sized_event *event);

/* No event of the stream has less bytes. */
size_t event_size_least(const struct stream_layout *stream);
