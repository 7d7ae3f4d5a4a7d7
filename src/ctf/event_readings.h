/* SPDX-License-Identifier: MIT */
/*
 * The search behind event_paths.h. A reading stands for all ways that are the
 * same so far: they have the same event last, at the same time, and as many
 * bytes in gaps before. Forward, all readings are made; backward, those are
 * kept from which a way leads to the end.
 */
#pragma once

#include "common/table.h"
#include "ctf/event_paths.h"

struct reading {
	uint64_t time, gaps;
	uint32_t place;
	uint32_t next;	/* another one of the same place, or EVENT_PLACE_NONE */
	bool gap_first; /* where what is known ends */
	bool adjacent;	/* the event is behind another, without a gap */
	bool kept;
	bool goes_on; /* in a way that is kept, without a gap */
};

/* Whether an event may be unfinished though it looks finished. */
enum { UNSEEN_NOT, UNSEEN_MAY_BE, UNSEEN_LAST /* of its thread */ };

struct event_readings {
	const struct event_paths *paths;
	struct event_place *place;
	uint32_t count;
	struct place_state *state;
	struct reading *readings;
	uint32_t readings_count;
	struct table table;	/* finds one */
	uint32_t last_finished; /* place, or 0 */
	bool failed;		/* it takes too long, or there is no memory */
	bool *unseen[2]; /* [gap_first][n]: ways end that have n bytes less in
			    gaps than there are */
	uint64_t *cover; /* in how many kept gaps each byte is, as differences
			  */
	bool *chosen;	 /* for event_sum_find() */
	uint8_t *may_be; /* of each place, for event_unseen_may_be() */
	struct reading *at; /* the reading that is looked at */
};

/* Returns 0, or -1 if it takes too long or there is no memory. */
int event_readings_find(struct event_readings *all,
			const struct event_paths *paths);

/* Keeps again the ways that lead to an end that is in `unseen`. */
int event_readings_keep(struct event_readings *all);

/* Counts steps. False, from then on, if there are too many. */
bool event_readings_step(struct event_readings *all, uint64_t steps);

void event_readings_free(struct event_readings *all);

/* The first reading of a place, or EVENT_PLACE_NONE. */
uint32_t event_readings_first(const struct event_readings *all, uint32_t place);

/* Whether a way ends with that reading, and how many bytes of gaps it has. */
bool event_readings_end(struct event_readings *all,
			const struct reading *reading, uint64_t *gaps);

/* A way that has no event is one gap. */
static inline bool reading_has_gap_first(const struct reading *reading)
{
	return reading->gap_first || reading->place == 0;
}
