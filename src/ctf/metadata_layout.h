/* SPDX-License-Identifier: MIT */
/*
 * The fields of a trace's events, from the metadata that LTTng keeps beside the
 * ring buffers, of CTF 1.8 or CTF 2: as much of it as is needed to find where
 * an event ends (see event_size.h). Reading traces is babeltrace2's.
 *
 * A text is understood as a whole or not at all: what no version of LTTng-UST
 * writes that this was written for is refused.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { EVENT_LAYOUT_FIELDS = 32, EVENT_LAYOUT_NAME = 64 };

struct field_layout {
	enum {
		FIELD_BYTES, /* integers */
		FIELD_CHARS, /* a string in an array of a fixed size */
		FIELD_STRING,
		FIELD_SEQUENCE, /* its length is the field before it */
	} kind;
	size_t size; /* in bytes; of a sequence's element; 0: a string's */
	char name[EVENT_LAYOUT_NAME];
};

struct fields_layout {
	struct field_layout fields[EVENT_LAYOUT_FIELDS];
	size_t count;
	bool known;		       /* the metadata has it */
	char event[EVENT_LAYOUT_NAME]; /* that has them; or "" */
};

struct stream_layout;
struct event_layouts;

/* Of a text, or of the file at path. NULL with errno if it cannot be read or
 * there is no memory, or with 0 in errno if it is not understood. */
struct event_layouts *event_layouts_parse(const char *text);
struct event_layouts *event_layouts_read(const char *path);
void event_layouts_free(struct event_layouts *layouts);

/* What is added to a time in nanoseconds for it to be one since 1970, as
 * babeltrace2 prints it; 0 if it is not known. */
uint64_t event_layouts_clock_offset(const struct event_layouts *layouts);

/* Whether times are those of CLOCK_MONOTONIC in nanoseconds, as they are unless
 * LTTng is given another clock. */
bool event_layouts_clock_is_monotonic(const struct event_layouts *layouts);

/* The stream with that id; NULL if the metadata has none. */
const struct stream_layout *
event_layouts_stream(const struct event_layouts *layouts, unsigned long id);

/* The fields that come first in all events of a stream. */
const struct fields_layout *
stream_layout_context(const struct stream_layout *stream);

/* Whether that holds for the name of each event of a stream, and there is one.
 * A name that is not known, or longer than EVENT_LAYOUT_NAME, is "". */
bool stream_layout_all_are(const struct stream_layout *stream,
			   bool (*is)(const char *event));

/* The fields of the event with that id; NULL if the metadata has none. */
const struct fields_layout *
stream_layout_event(const struct stream_layout *stream, unsigned long id);
