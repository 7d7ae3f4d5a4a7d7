/* SPDX-License-Identifier: MIT */
/* See event_paths.h. */
#include "ctf/event_paths.h"

#include "ctf/event_readings.h"
#include "ctf/event_sums.h"
#include "ctf/event_unseen.h"

#include <stdlib.h>

/* Events of some ways, by their places. */
struct event_list {
	uint32_t *place;
	uint64_t *size;
	bool *chosen;
	uint32_t count;
};

static void free_list(struct event_list *list)
{
	free(list->place);
	free(list->size);
	free(list->chosen);
}

static bool make_list(struct event_list *list, uint32_t most)
{
	*list = (struct event_list){
		.place = calloc(most, sizeof(*list->place)),
		.size = calloc(most, sizeof(*list->size)),
		.chosen = calloc(most, sizeof(*list->chosen)),
	};
	if (list->place && list->size && list->chosen)
		return true;
	free_list(list);
	return false;
}

/* Whether a kept way has an event there, and at one time only. */
static void judge_place(const struct event_readings *all, uint32_t i)
{
	struct event_place *place = &all->place[i];
	uint32_t r = event_readings_first(all, i);

	place->verdict = PLACE_NO_EVENT;
	for (; r != EVENT_PLACE_NONE; r = all->readings[r].next) {
		const struct reading *reading = &all->readings[r];

		if (!reading->kept)
			continue;
		if (place->verdict == PLACE_NO_EVENT) {
			place->verdict = PLACE_EVENT;
			place->time = reading->time;
		} else if (place->time != reading->time) {
			place->verdict = PLACE_UNCERTAIN;
		}
	}
}

/* cover[n] becomes how often the bytes before n are covered. */
static void sum_cover(struct event_readings *all)
{
	const uint64_t begin = all->place[0].end;
	uint64_t depth = 0, sum = 0;

	for (uint64_t at = begin; at <= all->paths->end; at++) {
		depth += all->cover[at - begin];
		all->cover[at - begin] = sum;
		sum += depth;
	}
}

/* An event is certain if nothing else is where it is, in any way. */
static bool judge_places(struct event_readings *all)
{
	const uint64_t begin = all->place[0].end;
	uint64_t *cover = all->cover;
	bool certain = true;

	for (uint32_t i = 1; i < all->count; i++) {
		const struct event_place *place = &all->place[i];

		judge_place(all, i);
		if (place->verdict != PLACE_NO_EVENT) {
			cover[place->at - begin]++;
			cover[place->end - begin]--;
		}
	}
	sum_cover(all);
	for (uint32_t i = 1; i < all->count; i++) {
		struct event_place *place = &all->place[i];

		if (place->verdict == PLACE_EVENT &&
		    cover[place->end - begin] - cover[place->at - begin] !=
			    place->end - place->at)
			place->verdict = PLACE_UNCERTAIN;
		certain = certain && place->verdict != PLACE_UNCERTAIN;
	}
	return certain;
}

static enum event_sum sum_events(struct event_readings *all,
				 struct event_list *list, uint64_t bytes,
				 bool last)
{
	list->count = 0;
	if (!event_readings_step(all, all->count))
		return EVENT_SUM_SEVERAL;
	for (uint32_t i = 1; i < all->count; i++) {
		if (!event_unseen_may_be(all, i, last))
			continue;
		list->place[list->count] = i;
		list->size[list->count++] =
			all->place[i].end - all->place[i].at;
	}
	return event_unseen_sum(all, list->size, list->count, bytes,
				list->chosen);
}

static void judge_chosen(struct event_readings *all,
			 const struct event_list *list, int verdict)
{
	for (uint32_t i = 0; i < list->count; i++)
		if (list->chosen[i])
			all->place[list->place[i]].verdict = verdict;
}

/*
 * Some events, of that many bytes together, are unfinished and look finished.
 * If that can be only certain ones, they are left out. If not, those are
 * uncertain which were the last of their threads. Where a thread died before it
 * had written who it is, and an earlier lap left the rest, it is another: that
 * is rare, and so many events may be meant that those are not left out.
 */
static enum event_paths_found judge_unseen(struct event_readings *all,
					   struct event_list *list,
					   uint64_t bytes, bool gap_first,
					   bool only)
{
	enum event_sum found = sum_events(all, list, bytes, !gap_first);
	enum event_paths_found judged = EVENT_PATHS_SEVERAL;
	uint32_t count = list->count;

	if (found == EVENT_SUM_ONE && only) {
		judge_chosen(all, list, PLACE_NO_EVENT);
		return EVENT_PATHS_ONE;
	}
	if (gap_first && !all->paths->older_known) {
		found = sum_events(all, list, bytes, true);
		if (list->count != count)
			judged = EVENT_PATHS_OTHERS;
	}
	if (found == EVENT_SUM_NONE)
		sum_events(all, list, bytes, false);
	judge_chosen(all, list, PLACE_UNCERTAIN);
	return judged;
}

/* Gives up ends at which no events can be unfinished. Returns whether there are
 * any. */
static bool give_up_ends(struct event_readings *all, struct event_list *list)
{
	bool any = false;

	if (!event_readings_step(all, all->paths->uncommitted))
		return false;
	for (uint64_t bytes = 1; bytes <= all->paths->uncommitted; bytes++)
		for (int first = 0; first < 2; first++)
			if (all->unseen[first][bytes] &&
			    sum_events(all, list, bytes, false) ==
				    EVENT_SUM_NONE) {
				all->unseen[first][bytes] = false;
				any = true;
			}
	return any;
}

/*
 * Gives up ends at which only events can be unfinished whose threads went on,
 * if there are others. It is rare that a thread died before it had written who
 * it is and an earlier lap left the rest; and these may be very many events.
 * Returns whether there are any.
 */
static bool give_up_rare_ends(struct event_readings *all,
			      struct event_list *list)
{
	bool any = false, strong = all->unseen[0][0] || all->unseen[1][0];

	for (int rare = 0; rare < 2 && (rare == 0 || strong); rare++)
		for (uint64_t bytes = 1; bytes <= all->paths->uncommitted;
		     bytes++) {
			bool ends =
				all->unseen[0][bytes] || all->unseen[1][bytes];

			if (!ends)
				continue;
			if (sum_events(all, list, bytes, true) !=
			    EVENT_SUM_NONE) {
				strong = true;
			} else if (rare) {
				all->unseen[0][bytes] = false;
				all->unseen[1][bytes] = false;
				any = true;
			}
		}
	return any;
}

static uint64_t count_ends(const struct event_readings *all)
{
	uint64_t count = 0;

	for (uint64_t i = 0; i <= all->paths->uncommitted; i++)
		count += all->unseen[0][i] + all->unseen[1][i];
	return count;
}

static enum event_paths_found judge(struct event_readings *all,
				    struct event_list *list)
{
	enum event_paths_found worst, judged;
	bool only, others = false;
	uint64_t ends;

	event_unseen_note(all);
	while (give_up_ends(all, list)) {
		if (event_readings_keep(all))
			return EVENT_PATHS_NONE;
		event_unseen_note(all);
	}
	if (!all->paths->older_known && give_up_rare_ends(all, list)) {
		others = true;
		if (event_readings_keep(all))
			return EVENT_PATHS_NONE;
		event_unseen_note(all);
	}
	ends = count_ends(all);
	if (ends == 0)
		return EVENT_PATHS_NONE;
	worst = judge_places(all) ? EVENT_PATHS_ONE : EVENT_PATHS_SEVERAL;
	only = worst == EVENT_PATHS_ONE && ends == 1;
	for (uint64_t bytes = 1; bytes <= all->paths->uncommitted; bytes++)
		for (int first = 0; first < 2; first++) {
			if (!all->unseen[first][bytes])
				continue;
			judged = judge_unseen(all, list, bytes, first, only);
			if (judged > worst)
				worst = judged;
		}
	if (all->failed)
		return EVENT_PATHS_NONE;
	return others && worst < EVENT_PATHS_OTHERS ? EVENT_PATHS_OTHERS :
						      worst;
}

enum event_paths_found event_paths_find(const struct event_paths *paths)
{
	enum event_paths_found found = EVENT_PATHS_NONE;
	struct event_readings all;
	struct event_list list;

	if (event_readings_find(&all, paths) == 0 &&
	    make_list(&list, all.count)) {
		found = judge(&all, &list);
		free_list(&list);
	}
	event_readings_free(&all);
	return found;
}
