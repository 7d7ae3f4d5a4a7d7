/* SPDX-License-Identifier: MIT */
/* See torn_subbuf.h. */
#include "ctf/torn_subbuf.h"

#include "ctf/packet.h"

#include <stdlib.h>

/*
 * EVENTS_IN_A_ROW are no accident; a single event is none either, if its
 * process is known. Up to THREADS are known, each of which may have left one
 * event unfinished, and up to PROCESSES.
 */
enum { EVENTS_IN_A_ROW = 3, THREADS = 32, PROCESSES = 16 };

enum { PID_LIMIT = 1 << 22 }; /* Linux's */

/* The last event of a thread. */
struct last_event {
	int thread;
	uint64_t from, size, time;
};

/* One attempt: state of a walk over the sub-buffer. */
struct subbuf_walk {
	const struct stream_layout *stream;
	const struct shm_subbuf *subbuf;
	struct torn_subbuf *torn;
	uint64_t head_size;
	uint64_t latest; /* no event is later */
	uint64_t gap;	 /* no event begins there; UINT64_MAX: not known */
	bool careful;	 /* an event within another must be followed by one */
	uint64_t uncommitted; /* bytes of gaps that are not found yet */
	struct last_event last[THREADS];
	unsigned threads;
	int processes[PROCESSES];
};

static bool is_pid(int pid)
{
	return pid > 0 && pid <= PID_LIMIT;
}

static bool measure(const struct subbuf_walk *walk, uint64_t at,
		    uint64_t before, struct sized_event *event)
{
	const struct shm_subbuf *subbuf = walk->subbuf;

	return event_size_measure(walk->stream, subbuf->bytes + at,
				  subbuf->reserved - at, before, event) &&
	       event->time <= walk->latest && is_pid(event->pid) &&
	       is_pid(event->thread);
}

static bool is_known_process(const struct subbuf_walk *walk, int pid)
{
	for (int i = 0; i < PROCESSES; i++)
		if (walk->processes[i] == pid)
			return true;
	return false;
}

/* Whether events follow one another from there on, each of which is no more
 * than `within` later than the one before. */
static bool events_begin(const struct subbuf_walk *walk, uint64_t at,
			 uint64_t before, uint64_t within)
{
	struct sized_event event;

	for (int count = 0; count < EVENTS_IN_A_ROW; count++) {
		if (!measure(walk, at, before, &event) ||
		    event.time - before > within)
			return false;
		if (is_known_process(walk, event.pid))
			return true;
		at += event.size;
		before = event.time;
	}
	return true;
}

/*
 * Where events begin next; the end of the sub-buffer if they do not. Stale
 * bytes of the lap before may look like events with an earlier time. Only the
 * low 32 bits of it are stored, so such a time decodes as at least 2^31 ticks
 * later: places are preferred where less time has passed.
 */
static uint64_t find_events(const struct subbuf_walk *walk, uint64_t from,
			    uint64_t before)
{
	const uint64_t within[] = { INT32_MAX, UINT64_MAX };
	uint64_t at = from;

	for (int i = 0; i < 2; i++) {
		for (at = from; at < walk->subbuf->reserved; at++)
			if (events_begin(walk, at, before, within[i]))
				return at;
	}
	return at;
}

/* Whether the event there is followed by one that is not earlier, or by the
 * end. */
static bool is_followed(const struct subbuf_walk *walk, uint64_t at,
			uint64_t before)
{
	struct sized_event event;

	measure(walk, at, before, &event);
	at += event.size;
	if (at == walk->subbuf->reserved)
		return true;
	for (; at < walk->subbuf->reserved; at++)
		if (events_begin(walk, at, event.time, INT32_MAX))
			return true;
	return false;
}

static void note_event(struct subbuf_walk *walk, uint64_t at,
		       const struct sized_event *event)
{
	unsigned i = 0, process = 0;

	while (i < walk->threads && walk->last[i].thread != event->thread)
		i++;
	if (i < THREADS)
		walk->last[i] = (struct last_event){ .thread = event->thread,
						     .from = at,
						     .size = event->size,
						     .time = event->time };
	if (i == walk->threads && i < THREADS)
		walk->threads++;
	while (process < PROCESSES - 1 && walk->processes[process] &&
	       walk->processes[process] != event->pid)
		process++;
	walk->processes[process] = event->pid;
}

/* Forgets the event noted at `at`: it was not one. */
static void forget_event(struct subbuf_walk *walk, uint64_t at)
{
	for (unsigned i = 0; i < walk->threads; i++)
		if (walk->last[i].from == at)
			walk->last[i].size = UINT64_MAX;
}

static bool add_range(struct torn_subbuf *torn, struct event_range range)
{
	if (range.from == range.to)
		return true;
	if (torn->count == TORN_SUBBUF_RANGES)
		return false;
	torn->ranges[torn->count++] = range;
	return true;
}

/* Extends the range from event to event, as far as they follow one another.
 * *before becomes the range without the last event. */
static void extend_range(struct subbuf_walk *walk, struct event_range *range,
			 struct event_range *before)
{
	struct sized_event event;

	while (range->to < walk->subbuf->reserved && range->to != walk->gap &&
	       measure(walk, range->to, range->end, &event)) {
		note_event(walk, range->to, &event);
		*before = *range;
		range->to += event.size;
		range->end = event.time;
	}
	walk->torn->time = range->end;
}

/*
 * Behind a range that ends within the sub-buffer, where events begin again. The
 * last event may have been none, or of another size: then another begins within
 * it, and the range ends before it.
 */
static uint64_t find_gap_end(struct subbuf_walk *walk,
			     struct event_range *range,
			     const struct event_range *before)
{
	uint64_t at = range->to;

	if (at != walk->gap && before->to >= walk->subbuf->contiguous)
		at = find_events(walk, before->to + 1, before->end);
	if (at < range->to &&
	    (!walk->careful || is_followed(walk, at, before->end))) {
		forget_event(walk, before->to);
		*range = *before;
		return at;
	}
	return find_events(walk, range->to + 1, range->end);
}

/* Walks over the whole sub-buffer. False if it has too many ranges. */
static bool walk_subbuf(struct subbuf_walk *walk, uint64_t begin)
{
	const uint64_t end = walk->subbuf->reserved;
	uint64_t at = walk->head_size;
	struct event_range range = { at, at, begin, begin }, before = range;
	struct sized_event event;

	for (;;) {
		extend_range(walk, &range, &before);
		if (range.to == end)
			return add_range(walk->torn, range);
		at = find_gap_end(walk, &range, &before);
		if (!add_range(walk->torn, range))
			return false;
		walk->uncommitted -= at - range.to;
		if (at == end)
			return true;
		measure(walk, at, range.end, &event);
		range = (struct event_range){ at, at, event.time, event.time };
		before = range;
	}
}

/*
 * In how many ways, up to two, some of the threads' last events have as many
 * bytes as are uncommitted; *chosen is the last way found, a bit for each
 * thread. These are 2^threads ways at most, but few threads died within an
 * event.
 */
static unsigned count_ways(const struct subbuf_walk *walk, unsigned i,
			   uint64_t uncommitted, uint32_t choice,
			   uint32_t *chosen)
{
	const struct last_event *last = &walk->last[i];
	unsigned ways = 0;

	if (uncommitted == 0) {
		*chosen = choice;
		return 1;
	}
	if (i == walk->threads)
		return 0;
	if (last->from >= walk->subbuf->contiguous && last->size <= uncommitted)
		ways = count_ways(walk, i + 1, uncommitted - last->size,
				  choice | 1u << i, chosen);
	if (ways < 2)
		ways += count_ways(walk, i + 1, uncommitted, choice, chosen);
	return ways;
}

/* Takes an event out of the ranges. No event behind it is earlier. */
static bool leave_out(struct torn_subbuf *torn, const struct last_event *event)
{
	struct event_range *range = torn->ranges, behind;

	while (event->from < range->from || event->from >= range->to)
		if (++range == torn->ranges + torn->count)
			return false;
	behind = (struct event_range){ event->from + event->size, range->to,
				       event->time, range->end };
	range->to = event->from;
	range->end = event->time;
	return add_range(torn, behind);
}

/* Leaves out the events that were written and not committed. False if it
 * cannot be told which these are. */
static bool leave_out_uncommitted(struct subbuf_walk *walk)
{
	uint32_t chosen = 0;

	if (walk->uncommitted == 0)
		return true;
	if (walk->uncommitted > walk->subbuf->reserved ||
	    count_ways(walk, 0, walk->uncommitted, 0, &chosen) != 1)
		return false;
	for (unsigned i = 0; i < walk->threads; i++)
		if (chosen >> i & 1 && !leave_out(walk->torn, &walk->last[i]))
			return false;
	return true;
}

static int compare_ranges(const void *a, const void *b)
{
	const struct event_range *x = a, *y = b;

	return (x->from > y->from) - (x->from < y->from);
}

static void sort_ranges(struct torn_subbuf *torn)
{
	unsigned kept = 0;

	qsort(torn->ranges, torn->count, sizeof(torn->ranges[0]),
	      compare_ranges);
	for (unsigned i = 0; i < torn->count; i++)
		if (torn->ranges[i].from < torn->ranges[i].to)
			torn->ranges[kept++] = torn->ranges[i];
	torn->count = kept;
}

static bool may_be_gap(const struct subbuf_walk *walk, uint64_t from,
		       uint64_t to)
{
	return from == to || to - from >= event_size_least(walk->stream);
}

/* Whether an event fits into each gap. If not, what looks like several gaps and
 * events is another number of them. */
static bool have_gaps_room(const struct subbuf_walk *walk)
{
	const struct torn_subbuf *torn = walk->torn;
	uint64_t end = walk->head_size;

	for (unsigned i = 0; i < torn->count; i++) {
		if (!may_be_gap(walk, end, torn->ranges[i].from))
			return false;
		end = torn->ranges[i].to;
	}
	return may_be_gap(walk, end, walk->subbuf->reserved);
}

static void attempt(struct subbuf_walk walk)
{
	const struct packet_head *head = (const void *)walk.subbuf->bytes;
	struct torn_subbuf *torn = walk.torn;

	torn->count = 0;
	torn->certain =
		walk_subbuf(&walk, head->begin) && leave_out_uncommitted(&walk);
	sort_ranges(torn);
	torn->certain = torn->certain && have_gaps_room(&walk);
}

/*
 * Most often the gap begins where the committed bytes are contiguous no more;
 * that may be earlier, when events were committed in another order. Stale bytes
 * may lie so that they look like an event together with the end of another: so
 * the first walk is careful, which may take events before a gap at the end for
 * others. How many bytes are uncommitted tells which of the walks was right.
 */
void torn_subbuf_find(struct torn_subbuf *torn,
		      const struct stream_layout *stream,
		      const struct shm_subbuf *subbuf, uint64_t head_size,
		      uint64_t latest)
{
	uint64_t first =
		subbuf->contiguous > head_size ? subbuf->contiguous : head_size;
	struct subbuf_walk walk = {
		.stream = stream,
		.subbuf = subbuf,
		.torn = torn,
		.head_size = head_size,
		.latest = latest,
		.uncommitted = subbuf->reserved - subbuf->committed,
	};

	*torn = (struct torn_subbuf){ 0 };
	if (head_size > subbuf->reserved)
		return;
	for (int i = subbuf->committed < subbuf->reserved ? 0 : 2; i < 4; i++) {
		walk.gap = i < 2 ? first : UINT64_MAX;
		walk.careful = i % 2 == 0;
		if (!torn->certain)
			attempt(walk);
	}
}
