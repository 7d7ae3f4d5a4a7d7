/* SPDX-License-Identifier: MIT */
/* See torn_subbuf.h. */
#include "ctf/torn_subbuf.h"

#include "ctf/event_paths.h"
#include "ctf/packet.h"

void uncertain_add(struct uncertain *sum, const struct uncertain *more)
{
	if (more->bytes == 0)
		return;
	if (sum->bytes == 0) {
		*sum = *more;
		return;
	}
	sum->bytes += more->bytes;
	sum->others = sum->others || more->others;
	sum->events =
		sum->events && more->events ? sum->events + more->events : 0;
	if (more->from < sum->from)
		sum->from = more->from;
	if (more->to > sum->to)
		sum->to = more->to;
}

/* What is asked for, and what is found. */
struct torn {
	const struct stream_layout *stream;
	const struct shm_subbuf *subbuf;
	struct torn_subbuf *found;
	uint64_t latest;
	bool padded; /* some of the last bytes are padding */
};

/* All from there on is uncertain. */
static void give_up(const struct torn *torn, uint64_t from)
{
	const uint64_t bytes = torn->subbuf->reserved - from;

	torn->found->certain = false;
	torn->found->uncertain = (struct uncertain){
		.bytes = bytes,
		.events = bytes / event_size_least(torn->stream),
		.from = torn->found->time,
		.to = torn->latest,
	};
}

/* Reads the events before `to`, without a gap. Where they end, which is not
 * there if the bytes are no events. */
static uint64_t read_contiguous(struct torn *torn, uint64_t from, uint64_t to)
{
	const struct shm_subbuf *subbuf = torn->subbuf;
	struct torn_subbuf *found = torn->found;
	struct event_range *range = &found->ranges[0];
	struct sized_event event;

	*range = (struct event_range){ from, from, found->time, found->time };
	while (range->to < to &&
	       event_size_measure(torn->stream, subbuf->bytes + range->to,
				  to - range->to, range->end, &event) &&
	       event.time <= torn->latest) {
		range->to += event.size;
		range->end = event.time;
	}
	found->time = range->end;
	found->count = range->to > from;
	return range->to;
}

/* False if there are too many ranges. */
static bool add_event(struct torn_subbuf *found,
		      const struct event_place *place)
{
	struct event_range *last =
		found->count ? &found->ranges[found->count - 1] : NULL;

	if (!last || last->to != place->at) {
		if (found->count == TORN_SUBBUF_RANGES)
			return false;
		last = &found->ranges[found->count++];
		*last = (struct event_range){ .from = place->at,
					      .begin = place->time };
	}
	last->to = place->end;
	last->end = place->time;
	found->time = place->time;
	return true;
}

/* Places may overlap of which only one can be an event. */
static void add_uncertain(struct torn_subbuf *found,
			  const struct event_place *place, uint64_t *end)
{
	struct uncertain *uncertain = &found->uncertain;

	if (uncertain->bytes == 0)
		uncertain->from = found->time;
	if (place->end > *end)
		uncertain->bytes +=
			place->end - (place->at > *end ? place->at : *end);
	uncertain->events++;
	uncertain->to = UINT64_MAX;
	if (place->end > *end)
		*end = place->end;
}

static void take_verdicts(struct torn *torn, const struct event_places *places)
{
	struct torn_subbuf *found = torn->found;
	uint64_t end = 0;

	for (uint32_t i = 1; i < places->count; i++) {
		const struct event_place *place = &places->place[i];

		if (place->verdict == PLACE_UNCERTAIN) {
			add_uncertain(found, place, &end);
		} else if (place->verdict == PLACE_EVENT) {
			if (found->uncertain.to == UINT64_MAX)
				found->uncertain.to = place->time;
			if (!add_event(found, place)) {
				give_up(torn, place->at);
				return;
			}
		}
	}
	if (found->uncertain.to == UINT64_MAX)
		found->uncertain.to = torn->latest;
}

/* Takes the bytes behind for events and gaps. */
static enum event_paths_found take_paths(struct torn *torn, uint64_t at,
					 enum event_step step)
{
	const struct shm_subbuf *subbuf = torn->subbuf;
	const struct event_place known = { .at = at,
					   .end = at,
					   .next = EVENT_PLACE_NONE };
	enum event_paths_found found = EVENT_PATHS_NONE;
	struct event_places places;
	struct event_paths paths = {
		.places = &places,
		.begin = torn->found->time,
		.step = step,
		.latest = torn->latest,
		.end = subbuf->reserved,
		.least = event_size_least(torn->stream),
		.uncommitted = subbuf->reserved - subbuf->committed,
		.steps = subbuf->steps,
		.older_known = subbuf->older_size >= subbuf->reserved,
		.padded = torn->padded,
	};

	if (paths.uncommitted > subbuf->reserved - at ||
	    event_places_find(&places, torn->stream, subbuf, &known))
		return EVENT_PATHS_NONE;
	found = event_paths_find(&paths);
	if (found != EVENT_PATHS_NONE)
		take_verdicts(torn, &places);
	event_places_free(&places);
	return found;
}

/*
 * A thread that died when it had begun the next sub-buffer has padded this one,
 * or has not: then it is not known where the events end, and the bytes behind
 * are not committed.
 */
static void take_padding(struct torn *torn, struct shm_subbuf *whole)
{
	*whole = *torn->subbuf;
	whole->reserved += whole->padding;
	whole->committed += whole->padding;
	whole->padding = 0;
	torn->subbuf = whole;
	torn->padded = true;
}

static void find_behind(struct torn *torn, uint64_t at, enum event_step step)
{
	const struct torn_subbuf before = *torn->found;
	const struct shm_subbuf *subbuf = torn->subbuf;
	struct torn_subbuf *found = torn->found;
	uint64_t uncommitted = subbuf->reserved - subbuf->committed;
	enum event_paths_found paths = take_paths(torn, at, step), other;
	struct shm_subbuf whole;

	if (subbuf->padding) {
		struct torn_subbuf padded = before;

		take_padding(torn, &whole);
		torn->found = &padded;
		other = take_paths(torn, at, step);
		torn->found = found;
		if (other != EVENT_PATHS_NONE)
			*found = paths == EVENT_PATHS_NONE ? padded : before;
		paths = paths == EVENT_PATHS_NONE ? other :
			other == EVENT_PATHS_NONE ? paths :
						    EVENT_PATHS_NONE;
	}
	if (paths == EVENT_PATHS_NONE)
		give_up(torn, at);
	found->certain = paths == EVENT_PATHS_ONE && !found->uncertain.bytes;
	if (!found->certain && !found->uncertain.bytes)
		found->uncertain = (struct uncertain){
			.bytes = uncommitted,
			.events = uncommitted / event_size_least(torn->stream),
			.from = found->time,
			.to = torn->latest,
		};
	found->uncertain.others = paths == EVENT_PATHS_OTHERS;
}

static void find(struct torn_subbuf *torn, const struct stream_layout *stream,
		 const struct shm_subbuf *subbuf, uint64_t head_size,
		 uint64_t latest)
{
	const struct packet_head *head = (const void *)subbuf->bytes;
	struct torn find = { .stream = stream,
			     .subbuf = subbuf,
			     .found = torn,
			     .latest = latest };
	enum event_step step = EVENT_ADJACENT;
	uint64_t known = subbuf->contiguous, at;
	struct shm_subbuf whole;

	*torn = (struct torn_subbuf){ .time = head->begin };
	if (subbuf->committed == subbuf->reserved) {
		known = subbuf->reserved;
	} else if (known > subbuf->reserved && subbuf->padding) {
		take_padding(&find, &whole);
		subbuf = &whole;
	}
	if (head_size > subbuf->reserved || known > subbuf->reserved) {
		give_up(&find, 0);
		return;
	}
	if (known < head_size) {
		known = head_size;
		step = EVENT_BEHIND_GAP;
	}
	at = read_contiguous(&find, head_size, known);
	if (at < known)
		give_up(&find, at);
	else if (at < subbuf->reserved)
		find_behind(&find, at, step);
	else if (subbuf->committed == subbuf->reserved)
		torn->certain = true;
	else
		give_up(&find, head_size);
}

void torn_subbuf_find(struct torn_subbuf *torn,
		      const struct stream_layout *stream,
		      const struct shm_subbuf *subbuf, uint64_t head_size,
		      uint64_t latest)
{
	const uint64_t most =
		subbuf->steps ? subbuf->steps->left / 2 : STEPS_FIRST;
	struct steps steps = { most };
	struct shm_subbuf limited = *subbuf;

	limited.steps = &steps;
	find(torn, stream, &limited, head_size, latest);
	if (subbuf->steps)
		subbuf->steps->left -= most - steps.left;
}
