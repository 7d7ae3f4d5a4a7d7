/* SPDX-License-Identifier: MIT */
/* See event_readings.h. */
#include "ctf/event_readings.h"

#include "common/array.h"
#include "ctf/event_unseen.h"

#include <stdlib.h>
#include <string.h>

/* A reading takes memory, too. */
enum { STEPS_OF_READING = 16, STEPS_TO_FIND = 2 };

enum { BYTES_IN_STEP = 16 };

#define UNREACHABLE (UINT64_MAX / 4)

/* What is known of a place. */
struct place_state {
	uint32_t first;	 /* reading */
	uint64_t need;	 /* so many bytes of gaps follow, at least */
	uint64_t behind; /* the least at + need of this and all later ones */
};

/* What is done with a reading and one that goes on from it. */
typedef void step_function(struct event_readings *all,
			   const struct reading *from,
			   const struct reading *to);

/* Walks from event to event that is adjacent to the one before. */
struct chain {
	uint32_t place;
	uint64_t end, time;
};

bool event_readings_step(struct event_readings *all, uint64_t steps)
{
	if (!steps_take(all->paths->steps, steps))
		all->failed = true;
	return !all->failed;
}

static bool follow_chain(struct event_readings *all, struct chain *chain)
{
	uint32_t next = all->place[chain->place].next;
	enum event_step step = chain->place ? EVENT_ADJACENT : all->paths->step;

	if (next == EVENT_PLACE_NONE || !event_readings_step(all, 1) ||
	    !event_place_fits(&all->place[next], chain->time, step,
			      all->paths->latest, &chain->time))
		return false;
	chain->place = next;
	chain->end = all->place[next].end;
	return true;
}

/* Whether events lead from one to the next up to `at`. Moves the chain there,
 * or beyond. */
static bool chain_reaches(struct event_readings *all, struct chain *chain,
			  uint64_t at)
{
	while (chain->end < at)
		if (!follow_chain(all, chain))
			chain->end = UINT64_MAX;
	return chain->end == at;
}

static struct chain chain_from(const struct event_readings *all,
			       const struct reading *reading)
{
	return (struct chain){ reading->place, all->place[reading->place].end,
			       reading->time };
}

/* Whether events lead from one to the next up to that place, and its event may
 * follow. */
static bool chain_leads_to(struct event_readings *all, struct chain *chain,
			   const struct event_place *place)
{
	uint64_t time;

	return chain_reaches(all, chain, place->at) &&
	       event_place_fits(place, chain->time, EVENT_ADJACENT,
				all->paths->latest, &time);
}

/* Goes on with each event behind a gap. What reads as events up to the next one
 * is no gap: those may have been left unfinished, which is another way. No gap
 * has a finished event in it. */
static void step_over_gaps(struct event_readings *all,
			   const struct reading *from, step_function *step)
{
	const struct event_paths *paths = all->paths;
	struct chain chain = chain_from(all, from);
	struct reading to = { .gap_first =
				      from->place == 0 || from->gap_first };
	uint64_t end = chain.end, finished = UINT64_MAX;
	uint64_t room = paths->uncommitted - from->gaps;

	for (uint32_t i = event_places_from(paths->places, end);
	     i < all->count && all->place[i].at - end <= room; i++) {
		const struct event_place *place = &all->place[i];
		uint64_t gap = place->at - end;

		if (!event_readings_step(all, 1) || finished <= place->at)
			return;
		if (i && place->finished && place->end < finished)
			finished = place->end;
		if (gap < paths->least || gap + all->state[i].need > room ||
		    (from->place && chain_leads_to(all, &chain, place)) ||
		    !event_place_fits(place, from->time, EVENT_BEHIND_GAP,
				      paths->latest, &to.time))
			continue;
		to.place = i;
		to.gaps = from->gaps + gap;
		step(all, from, &to);
	}
}

static void step_on(struct event_readings *all, const struct reading *from,
		    step_function *step)
{
	struct chain chain = chain_from(all, from);
	uint64_t room = all->paths->uncommitted - from->gaps;
	struct reading to = { .gap_first = from->gap_first,
			      .adjacent = from->place != 0,
			      .gaps = from->gaps };

	if (follow_chain(all, &chain) && all->state[chain.place].need <= room) {
		to.place = chain.place;
		to.time = chain.time;
		step(all, from, &to);
	}
	if (room >= all->paths->least)
		step_over_gaps(all, from, step);
}

bool event_readings_end(struct event_readings *all,
			const struct reading *reading, uint64_t *gaps)
{
	const struct event_paths *paths = all->paths;
	struct chain chain = chain_from(all, reading);
	uint64_t end = chain.end, gap = paths->end - end;

	*gaps = reading->gaps + gap;
	if (gap == 0)
		return true;
	if ((gap < paths->least && !paths->padded) ||
	    *gaps > paths->uncommitted)
		return false;
	if (all->place[all->last_finished].at >= end && all->last_finished)
		return false;
	return !reading->place || !chain_reaches(all, &chain, paths->end);
}

static void measure_needs(struct event_readings *all)
{
	const struct event_paths *paths = all->paths;

	for (uint32_t i = all->count; i-- > 0;) {
		const struct event_place *place = &all->place[i];
		struct place_state *state = &all->state[i];
		uint64_t left = paths->end - place->end, behind;
		uint32_t far = event_places_from(paths->places,
						 place->end + paths->least);

		state->first = EVENT_PLACE_NONE;
		state->need =
			left == 0 || left >= paths->least ? left : UNREACHABLE;
		if (place->next != EVENT_PLACE_NONE &&
		    all->state[place->next].need < state->need)
			state->need = all->state[place->next].need;
		behind = far < all->count ? all->state[far].behind :
					    UNREACHABLE + place->end;
		if (behind - place->end < state->need)
			state->need = behind - place->end;
		state->behind = place->at + state->need;
		if (i + 1 < all->count &&
		    all->state[i + 1].behind < state->behind)
			state->behind = all->state[i + 1].behind;
	}
}

/* The table has their indexes, which stay where they grow. */
struct reading_key {
	const struct event_readings *all;
	const struct reading *like;
};

static void *item_of(uint32_t reading)
{
	return (void *)((uintptr_t)reading + 1);
}

static struct reading *reading_of(const struct event_readings *all,
				  const void *item)
{
	return &all->readings[(uintptr_t)item - 1];
}

static bool is_same(const void *item, const void *data)
{
	const struct reading_key *key = data;
	const struct reading *reading = reading_of(key->all, item);

	return reading->place == key->like->place &&
	       reading->time == key->like->time &&
	       reading->gaps == key->like->gaps &&
	       reading->gap_first == key->like->gap_first;
}

static uint64_t hash_of(const struct reading *reading)
{
	uint64_t hash = hash_number(reading->gap_first, reading->place);

	return hash_number(hash_number(hash, reading->time), reading->gaps);
}

/* The one that was made before; or NULL. */
static struct reading *find_reading(struct event_readings *all,
				    const struct reading *like)
{
	const struct reading_key key = { all, like };
	const void *item;

	if (!event_readings_step(all, STEPS_TO_FIND))
		return NULL;
	item = table_find(&all->table, hash_of(like), is_same, &key);
	return item ? reading_of(all, item) : NULL;
}

static void add_reading(struct event_readings *all,
			const struct reading *reading)
{
	struct place_state *state = &all->state[reading->place];
	const struct reading_key key = { all, reading };
	const uint32_t index = all->readings_count;
	struct reading *more = array_grow(all->readings, index, sizeof(*more));
	void **item = NULL;

	if (more) {
		all->readings = more;
		item = table_place(&all->table, hash_of(reading), is_same,
				   &key);
	}
	if (!item) {
		all->failed = true;
		return;
	}
	*item = item_of(index);
	more[index] = *reading;
	more[index].next = state->first;
	more[index].kept = more[index].goes_on = true;
	state->first = all->readings_count++;
}

static void make_reading(struct event_readings *all, const struct reading *from,
			 const struct reading *to)
{
	struct reading *made = find_reading(all, to);

	(void)from;
	if (made)
		made->adjacent = made->adjacent || to->adjacent;
	else if (event_readings_step(all, STEPS_OF_READING))
		add_reading(all, to);
}

static void read_forward(struct event_readings *all)
{
	const struct reading start = { .time = all->paths->begin };

	make_reading(all, &start, &start);
	for (uint32_t i = 0; i < all->count && !all->failed; i++)
		for (uint32_t r = all->state[i].first;
		     r != EVENT_PLACE_NONE && !all->failed;
		     r = all->readings[r].next) {
			struct reading from = all->readings[r];

			step_on(all, &from, make_reading);
		}
}

static void cover(struct event_readings *all, uint64_t from, uint64_t to)
{
	const uint64_t begin = all->place[0].end;

	all->cover[from - begin]++;
	all->cover[to - begin]--;
}

static void keep_reading(struct event_readings *all, const struct reading *from,
			 const struct reading *to)
{
	const uint64_t end = all->place[from->place].end,
		       at = all->place[to->place].at;
	const struct reading *made = find_reading(all, to);

	if (!made || !made->kept)
		return;
	all->at->kept = true;
	if (at > end)
		cover(all, end, at);
	else
		all->at->goes_on = true;
}

static void keep_end(struct event_readings *all, const struct reading *reading)
{
	uint64_t end = all->place[reading->place].end, gaps;

	if (!event_readings_end(all, reading, &gaps) ||
	    !all->unseen[reading_has_gap_first(reading)]
			[all->paths->uncommitted - gaps])
		return;
	all->at->kept = true;
	if (end < all->paths->end)
		cover(all, end, all->paths->end);
	else
		all->at->goes_on = true;
}

int event_readings_keep(struct event_readings *all)
{
	const uint64_t size = all->paths->end - all->place[0].end;

	if (!event_readings_step(all, size / BYTES_IN_STEP))
		return -1;
	memset(all->cover, 0, (size + 1) * sizeof(*all->cover));
	for (uint32_t i = all->count; i-- > 0 && !all->failed;)
		for (uint32_t r = all->state[i].first; r != EVENT_PLACE_NONE;
		     r = all->readings[r].next) {
			all->at = &all->readings[r];
			all->at->kept = all->at->goes_on = false;
			keep_end(all, all->at);
			step_on(all, all->at, keep_reading);
		}
	return all->failed ? -1 : 0;
}

static int allocate(struct event_readings *all)
{
	const struct event_paths *paths = all->paths;
	uint64_t size = paths->end - all->place[0].end;

	all->state = calloc(all->count, sizeof(*all->state));
	all->chosen = calloc(all->count, sizeof(*all->chosen));
	all->may_be = calloc(all->count, sizeof(*all->may_be));
	all->cover = calloc(size + 1, sizeof(*all->cover));
	for (int i = 0; i < 2; i++)
		all->unseen[i] = calloc(paths->uncommitted + 1, sizeof(bool));
	return all->state && all->chosen && all->may_be && all->unseen[0] &&
			       all->unseen[1] && all->cover ?
		       0 :
		       -1;
}

int event_readings_find(struct event_readings *all,
			const struct event_paths *paths)
{
	*all = (struct event_readings){ .paths = paths,
					.place = paths->places->place,
					.count = paths->places->count };
	if (allocate(all))
		return -1;
	for (uint32_t i = 1; i < all->count; i++)
		if (all->place[i].finished)
			all->last_finished = i;
	measure_needs(all);
	read_forward(all);
	if (all->failed || event_unseen_find(all))
		return -1;
	return event_readings_keep(all);
}

void event_readings_free(struct event_readings *all)
{
	free(all->state);
	free(all->readings);
	table_free(&all->table);
	free(all->unseen[0]);
	free(all->unseen[1]);
	free(all->cover);
	free(all->chosen);
	free(all->may_be);
}

uint32_t event_readings_first(const struct event_readings *all, uint32_t place)
{
	return all->state[place].first;
}
