/* SPDX-License-Identifier: MIT */
/* See event_places.h. */
#include "ctf/event_places.h"

#include "common/array.h"
#include "common/table.h"

#include <stdlib.h>
#include <string.h>

enum { PID_LIMIT = 1 << 22 }; /* Linux's */

enum { TIME_BITS = 27 }; /* LTTNG_COMPACT_TSC_BITS */

enum { BYTES_IN_STEP = 16 };

static bool is_pid(int pid)
{
	return pid > 0 && pid <= PID_LIMIT;
}

/* Whether all of these bytes may be left of an earlier lap. */
static bool may_be_older(const struct shm_subbuf *subbuf, uint64_t from,
			 uint64_t to)
{
	if (to > subbuf->older_size)
		return true;
	return memcmp(subbuf->bytes + from, subbuf->older + from, to - from) ==
	       0;
}

/* An event that an earlier lap had there, with the same time, is not another
 * one of this lap: that would be 2^32 ns younger, to the nanosecond. */
static bool is_older(const struct shm_subbuf *subbuf, uint64_t from,
		     uint64_t to)
{
	return to <= subbuf->older_size && may_be_older(subbuf, from, to);
}

static bool read_place(struct event_place *place,
		       const struct stream_layout *stream,
		       const struct shm_subbuf *subbuf, uint64_t at)
{
	struct sized_event event;
	bool is = event_size_measure(stream, subbuf->bytes + at,
				     subbuf->reserved - at, 0, &event);

	if (!steps_take(subbuf->steps, 1 + event.looked / BYTES_IN_STEP) ||
	    !is || event.is_accident || !is_pid(event.pid) ||
	    !is_pid(event.thread) || is_older(subbuf, at, at + event.size))
		return false;
	*place = (struct event_place){
		.at = at,
		.end = at + event.size,
		.time = event.time,
		.thread = event.thread,
		.has_whole_time = event.has_whole_time,
		.thread_is_new = !may_be_older(subbuf, at + event.thread_at,
					       at + event.size),
		.next = EVENT_PLACE_NONE,
		.next_of_thread = EVENT_PLACE_NONE,
	};
	return true;
}

/* A table of the first place of each thread, as pointers to them. */
static bool is_of_thread(const void *item, const void *thread)
{
	return ((const struct event_place *)item)->thread ==
	       *(const int *)thread;
}

/* Returns 0, or -1 without memory. */
static int link_threads(struct event_places *places)
{
	struct table table = { 0 };
	void **first = NULL;

	for (uint32_t i = places->count; i-- > 1;) {
		struct event_place *place = &places->place[i];

		first = table_place(&table,
				    hash_number(0, (uint64_t)place->thread),
				    is_of_thread, &place->thread);
		if (!first)
			break;
		if (*first)
			place->next_of_thread =
				(uint32_t)((struct event_place *)*first -
					   places->place);
		*first = place;
	}
	table_free(&table);
	return places->count > 1 && !first ? -1 : 0;
}

/* Whether the thread of that place recorded another event later. */
static bool goes_on(const struct event_places *places, uint32_t i,
		    struct steps *steps)
{
	const struct event_place *place = &places->place[i];
	uint32_t k = place->next_of_thread;

	while (k != EVENT_PLACE_NONE && steps_take(steps, 1) &&
	       !(places->place[k].thread_is_new &&
		 places->place[k].at >= place->end))
		k = places->place[k].next_of_thread;
	return k != EVENT_PLACE_NONE && steps->left;
}

static void note_finished(struct event_places *places, struct steps *steps)
{
	for (uint32_t i = 1; i < places->count; i++)
		places->place[i].finished = places->place[i].thread_is_new &&
					    goes_on(places, i, steps);
}

static void note_next(struct event_places *places)
{
	for (uint32_t i = 0; i < places->count; i++) {
		uint64_t end = places->place[i].end;
		uint32_t next = event_places_from(places, end);

		if (next <= i)
			next = i + 1; /* the first has no bytes */
		if (next < places->count && places->place[next].at == end)
			places->place[i].next = next;
	}
}

static int add_place(struct event_places *places,
		     const struct event_place *place)
{
	struct event_place *more;

	if (places->count == EVENT_PLACE_NONE)
		return -1;
	more = array_grow(places->place, places->count, sizeof(*more));
	if (!more)
		return -1;
	places->place = more;
	places->place[places->count++] = *place;
	return 0;
}

int event_places_find(struct event_places *places,
		      const struct stream_layout *stream,
		      const struct shm_subbuf *subbuf,
		      const struct event_place *from)
{
	struct event_place place;

	*places = (struct event_places){ 0 };
	if (add_place(places, from))
		return -1;
	for (uint64_t at = from->end; at < subbuf->reserved; at++)
		if (read_place(&place, stream, subbuf, at) &&
		    add_place(places, &place)) {
			event_places_free(places);
			return -1;
		}
	note_next(places);
	if (link_threads(places) == 0)
		note_finished(places, subbuf->steps);
	if (subbuf->steps->left)
		return 0;
	event_places_free(places);
	return -1;
}

void event_places_free(struct event_places *places)
{
	free(places->place);
	*places = (struct event_places){ 0 };
}

uint32_t event_places_from(const struct event_places *places, uint64_t at)
{
	uint32_t from = 0, to = places->count;

	while (from < to) {
		uint32_t middle = from + (to - from) / 2;

		if (places->place[middle].at < at)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

/* Behind a gap, more may have passed: an event that had all of its time may be
 * missing. What came later than `latest` is excluded anyway, and where that is
 * not known, half of what the low half of a time can tell apart. */
bool event_place_fits(const struct event_place *place, uint64_t before,
		      enum event_step step, uint64_t latest, uint64_t *time)
{
	uint64_t passed = (uint32_t)(place->time - before);

	if (place->has_whole_time) {
		*time = place->time;
		return *time >= before && *time <= latest;
	}
	*time = before + passed;
	if (step == EVENT_ADJACENT && passed >> TIME_BITS)
		return false;
	if (latest - before > UINT32_MAX && passed > INT32_MAX)
		return false;
	return *time >= before && *time <= latest;
}
