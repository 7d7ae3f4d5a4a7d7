/* SPDX-License-Identifier: MIT */
/* Between metadata_layout.c and the parsers of the two languages, CTF 1.8's and
 * CTF 2's: what they fill. */
#pragma once

#include "ctf/metadata_layout.h"

#include <stdint.h>

enum { EVENT_LAYOUT_STREAMS = 16, EVENT_LAYOUT_EVENTS = 256 };

struct stream_layout {
	struct fields_layout context;
	struct fields_layout events[EVENT_LAYOUT_EVENTS];
};

struct event_layouts {
	struct stream_layout *streams[EVENT_LAYOUT_STREAMS];
	uint64_t clock_offset; /* since 1970; 0: not known */
	bool monotonic;	       /* the clock is CLOCK_MONOTONIC */
};

/* The stream with that id, made if need be. NULL if the id is too large, or
 * without memory. */
struct stream_layout *event_layouts_make(struct event_layouts *layouts,
					 unsigned long id);

/* False if a text is not understood. */
bool metadata_tsdl_parse(struct event_layouts *layouts, const char *text);
bool metadata_json_parse(struct event_layouts *layouts, const char *text);
