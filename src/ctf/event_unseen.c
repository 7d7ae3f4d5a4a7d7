/* SPDX-License-Identifier: MIT */
/* See event_unseen.h. */
#include "ctf/event_unseen.h"

#include "ctf/event_sums.h"

#include <stdlib.h>

/* One of a sum takes less time than others do. */
enum { SUMS_IN_STEP = 8 };

/* Before it is known which ways are kept, all are. */
static bool is_read(struct event_readings *all, uint32_t i)
{
	uint32_t r = event_readings_first(all, i);

	while (r != EVENT_PLACE_NONE && !all->readings[r].kept &&
	       event_readings_step(all, 1))
		r = all->readings[r].next;
	return r != EVENT_PLACE_NONE;
}

static bool is_beside_gap(const struct event_readings *all, uint32_t i)
{
	uint32_t r = event_readings_first(all, i);

	while (r != EVENT_PLACE_NONE &&
	       !(all->readings[r].kept && all->readings[r].adjacent &&
		 all->readings[r].goes_on))
		r = all->readings[r].next;
	return r == EVENT_PLACE_NONE;
}

static bool has_later(struct event_readings *all, uint32_t i)
{
	const struct event_place *place = &all->place[i];
	uint32_t k = place->next_of_thread;

	while (k != EVENT_PLACE_NONE && event_readings_step(all, 1) &&
	       !(all->place[k].at >= place->end && is_read(all, k)))
		k = all->place[k].next_of_thread;
	return k != EVENT_PLACE_NONE;
}

void event_unseen_note(struct event_readings *all)
{
	for (uint32_t i = 1; i < all->count; i++)
		all->may_be[i] = all->place[i].finished ? UNSEEN_NOT :
				 is_beside_gap(all, i)	? UNSEEN_NOT :
				 has_later(all, i)	? UNSEEN_MAY_BE :
							  UNSEEN_LAST;
}

bool event_unseen_may_be(const struct event_readings *all, uint32_t i,
			 bool last)
{
	return all->may_be[i] >= (last ? UNSEEN_LAST : UNSEEN_MAY_BE);
}

enum event_sum event_unseen_sum(struct event_readings *all,
				const uint64_t *sizes, uint32_t count,
				uint64_t bytes, bool *chosen)
{
	const uint64_t cost = 1 + bytes * count / SUMS_IN_STEP;

	if (cost < all->paths->steps->left / 2 &&
	    event_readings_step(all, cost))
		return event_sum_find(sizes, count, bytes, chosen);
	for (uint32_t i = 0; i < count; i++)
		chosen[i] = sizes[i] <= bytes;
	return EVENT_SUM_SEVERAL;
}

/* Lists the sizes of events that may be unfinished: all, or the last of their
 * threads. Returns how many. */
static uint32_t list_sizes(const struct event_readings *all, uint64_t *sizes,
			   bool last)
{
	uint32_t count = 0;

	for (uint32_t i = 1; i < all->count; i++)
		if (event_unseen_may_be(all, i, last))
			sizes[count++] = all->place[i].end - all->place[i].at;
	return count;
}

static bool note_ends(struct event_readings *all, const uint64_t *sizes,
		      uint32_t count, bool gap_first)
{
	const uint64_t uncommitted = all->paths->uncommitted;
	bool any = false;
	uint64_t gaps;

	for (uint32_t r = 0; r < all->readings_count; r++) {
		bool *unseen;

		if (!event_readings_end(all, &all->readings[r], &gaps) ||
		    reading_has_gap_first(&all->readings[r]) != gap_first)
			continue;
		unseen = &all->unseen[gap_first][uncommitted - gaps];
		if (!*unseen)
			*unseen = gaps == uncommitted ||
				  event_unseen_sum(
					  all, sizes, count, uncommitted - gaps,
					  all->chosen) != EVENT_SUM_NONE;
		any = any || *unseen;
	}
	return any;
}

int event_unseen_find(struct event_readings *all)
{
	uint64_t *sizes = calloc(all->count, sizeof(*sizes));
	uint32_t count;
	bool any;

	if (!sizes)
		return -1;
	event_unseen_note(all);
	note_ends(all, sizes, 0, false);
	count = list_sizes(all, sizes, false);
	any = note_ends(all, sizes, count, true);
	if (!all->unseen[true][0]) {
		count = list_sizes(all, sizes, true);
		any = note_ends(all, sizes, count, false) || any;
	}
	if (!any) {
		count = list_sizes(all, sizes, false);
		note_ends(all, sizes, count, false);
	}
	free(sizes);
	return 0;
}
