/* SPDX-License-Identifier: MIT */
/*
 * All ways to read a sub-buffer as events and gaps between them, where it is
 * known how many bytes of it are gaps. What all ways have in common is certain;
 * what only some have may as well be left of an earlier lap.
 *
 * An event that was written and not committed looks like a finished one. So a
 * way may have less bytes in gaps than there are, if it has events of the
 * missing size that their threads may have left unfinished.
 */
#pragma once

#include "ctf/event_places.h"

#include <stdbool.h>
#include <stdint.h>

struct event_paths {
	const struct event_places *places;
	uint64_t begin;	      /* time of the first place, or before it */
	enum event_step step; /* from that place to the next */
	uint64_t latest;      /* no event is later; UINT64_MAX: not known */
	uint64_t end;	      /* of the sub-buffer's reserved bytes */
	uint64_t least;	      /* no event is smaller */
	uint64_t uncommitted; /* bytes */
	struct steps *steps;  /* that it may take */
	bool older_known;     /* what an earlier lap left is known */
	bool padded; /* the last of these are no gap, but what is behind the
			events */
};

enum event_paths_found {
	EVENT_PATHS_ONE,     /* the verdicts of places are certain */
	EVENT_PATHS_SEVERAL, /* some are PLACE_UNCERTAIN */
	EVENT_PATHS_OTHERS,  /* the same; or others of that size are, of which
				it is less likely */
	EVENT_PATHS_NONE, /* the numbers contradict the bytes, or no memory, or
			     it takes too long */
};

/* Fills the verdicts of all places but the first, and the times of events. */
enum event_paths_found event_paths_find(const struct event_paths *paths);
