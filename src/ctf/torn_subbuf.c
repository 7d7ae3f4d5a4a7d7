/* SPDX-License-Identifier: MIT */
/* See torn_subbuf.h. */
#include "ctf/torn_subbuf.h"

#include "ctf/packet.h"
#include "ctf/shm_ring.h"

#include <stdlib.h>

/* So many events in a row are no accident; one of a process that is known is
 * none, either. So many threads, each of which may have left one event, and
 * processes are looked at. */
enum { IN_A_ROW = 3, THREADS = 32, PROCESSES = 16 };

enum { MOST_PID = 1 << 22 }; /* Linux's limit */

struct seen {
	int thread;
	uint64_t from, size, time;
};

struct walk {
	const struct stream_layout *stream;
	const struct shm_subbuf *subbuf;
	struct gaps *gaps;
	bool careful;	  /* what begins within an event must go on */
	uint64_t missing; /* so much was not committed, and not found yet */
	struct seen seen[THREADS]; /* the last event of each */
	unsigned threads;
	int processes[PROCESSES];
};

static bool is_pid(int pid)
{
	return pid > 0 && pid <= MOST_PID;
}

static bool measure(const struct walk *walk, uint64_t at, uint64_t before,
		    struct sized_event *event)
{
	return event_size_measure(walk->stream, walk->subbuf->bytes + at,
				  walk->subbuf->reserved - at, before, event) &&
	       is_pid(event->pid) && is_pid(event->thread);
}

static bool knows(const struct walk *walk, int pid)
{
	for (int i = 0; i < PROCESSES; i++)
		if (walk->processes[i] == pid)
			return true;
	return false;
}

static bool begins(const struct walk *walk, uint64_t at, uint64_t before,
		   uint64_t within)
{
	struct sized_event event;

	for (int count = 0; count < IN_A_ROW; count++) {
		if (!measure(walk, at, before, &event) ||
		    event.time - before > within)
			return false;
		if (knows(walk, event.pid))
			return true;
		at += event.size;
		before = event.time;
	}
	return true;
}

/* What the bytes held before may be events, too: of an earlier time, which is
 * taken for one half a round of its low half later, or more. */
static uint64_t find(const struct walk *walk, uint64_t from, uint64_t before)
{
	const uint64_t within[] = { INT32_MAX, UINT64_MAX };
	uint64_t at = from;

	for (int i = 0; i < 2; i++) {
		for (at = from; at < walk->subbuf->reserved; at++)
			if (begins(walk, at, before, within[i]))
				return at;
	}
	return at;
}

/* Whether the event there is followed by one that is not before it. */
static bool goes_on(const struct walk *walk, uint64_t at, uint64_t before)
{
	struct sized_event event;

	measure(walk, at, before, &event);
	at += event.size;
	if (at == walk->subbuf->reserved)
		return true;
	for (; at < walk->subbuf->reserved; at++)
		if (begins(walk, at, event.time, INT32_MAX))
			return true;
	return false;
}

static void note(struct walk *walk, uint64_t at,
		 const struct sized_event *event)
{
	unsigned i = 0, process = 0;

	while (i < walk->threads && walk->seen[i].thread != event->thread)
		i++;
	if (i < THREADS)
		walk->seen[i] = (struct seen){ .thread = event->thread,
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

static bool add_span(struct gaps *gaps, struct span span)
{
	if (span.from == span.to)
		return true;
	if (gaps->count == GAPS_SPANS)
		return false;
	gaps->spans[gaps->count++] = span;
	return true;
}

/* What looked like an event there was none. */
static void forget(struct walk *walk, uint64_t at)
{
	for (unsigned i = 0; i < walk->threads; i++)
		if (walk->seen[i].from == at)
			walk->seen[i].size = UINT64_MAX;
}

/* From one event to the next, and over what is none, as what is at hole. */
static bool walk_all(struct walk *walk, uint64_t at, uint64_t begin,
		     uint64_t hole)
{
	const struct shm_subbuf *subbuf = walk->subbuf;
	struct span span = { at, at, begin, begin };
	struct sized_event event;
	struct span before = span; /* the last event */

	for (;;) {
		while (span.to < subbuf->reserved && span.to != hole &&
		       measure(walk, span.to, span.end, &event)) {
			note(walk, span.to, &event);
			before = span;
			span.to += event.size;
			span.end = event.time;
		}
		walk->gaps->time = span.end;
		if (span.to == subbuf->reserved)
			return add_span(walk->gaps, span);
		at = span.to;
		/* The last one may have been none, or of another length: then
		 * one begins within it. */
		if (at != hole && before.to >= subbuf->contiguous)
			at = find(walk, before.to + 1, before.end);
		if (at < span.to &&
		    (!walk->careful || goes_on(walk, at, before.end))) {
			forget(walk, before.to);
			span = before;
		} else {
			at = find(walk, span.to + 1, span.end);
		}
		if (!add_span(walk->gaps, span))
			return false;
		walk->missing -= at - span.to;
		if (at == subbuf->reserved)
			return true;
		measure(walk, at, span.end, &event);
		span = (struct span){ at, at, event.time, event.time };
		before = span;
	}
}

/* In how many ways, up to two, some of the threads' last events are what is
 * missing; chosen is the last way found. */
static unsigned choose(const struct walk *walk, unsigned i, uint64_t missing,
		       uint32_t choice, uint32_t *chosen)
{
	const struct seen *seen = &walk->seen[i];
	unsigned ways = 0;

	if (missing == 0) {
		*chosen = choice;
		return 1;
	}
	if (i == walk->threads)
		return 0;
	if (seen->from >= walk->subbuf->contiguous && seen->size <= missing)
		ways = choose(walk, i + 1, missing - seen->size,
			      choice | 1u << i, chosen);
	if (ways < 2)
		ways += choose(walk, i + 1, missing, choice, chosen);
	return ways;
}

/* Takes an event out of the spans. No event behind it is earlier. */
static bool leave_out(struct gaps *gaps, const struct seen *seen)
{
	struct span *span = gaps->spans, behind;

	while (seen->from < span->from || seen->from >= span->to)
		if (++span == gaps->spans + gaps->count)
			return false;
	behind = (struct span){ seen->from + seen->size, span->to, seen->time,
				span->end };
	span->to = seen->from;
	span->end = seen->time;
	return add_span(gaps, behind);
}

/* 2^threads ways at most: few of those that died were in an event, and it is
 * known before how many bytes of events are missing. */
static bool resolve(struct walk *walk)
{
	uint32_t chosen = 0;

	if (walk->missing == 0)
		return true;
	if (walk->missing > walk->subbuf->reserved ||
	    choose(walk, 0, walk->missing, 0, &chosen) != 1)
		return false;
	for (unsigned i = 0; i < walk->threads; i++)
		if (chosen >> i & 1 && !leave_out(walk->gaps, &walk->seen[i]))
			return false;
	return true;
}

static int compare(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	return (x->from > y->from) - (x->from < y->from);
}

static void put_in_order(struct gaps *gaps)
{
	unsigned kept = 0;

	qsort(gaps->spans, gaps->count, sizeof(gaps->spans[0]), compare);
	for (unsigned i = 0; i < gaps->count; i++)
		if (gaps->spans[i].from < gaps->spans[i].to)
			gaps->spans[kept++] = gaps->spans[i];
	gaps->count = kept;
}

static void find_with(struct gaps *gaps, const struct stream_layout *stream,
		      const struct shm_subbuf *subbuf, uint64_t head_size,
		      uint64_t hole, bool careful)
{
	const struct packet_head *head = (const void *)subbuf->bytes;
	struct walk walk = { .stream = stream,
			     .subbuf = subbuf,
			     .gaps = gaps,
			     .careful = careful,
			     .missing = subbuf->reserved - subbuf->committed };

	gaps->count = 0;
	gaps->time = head->begin;
	gaps->sure =
		walk_all(&walk, head_size, head->begin, hole) && resolve(&walk);
	put_in_order(gaps);
}

/*
 * Most often the event is missing that begins where the sequence of what was
 * committed ends; that sequence can end earlier, when events were committed in
 * another order. What a buffer held before can lie so that with the end of an
 * event it looks like another: so it is walked carefully first, by which events
 * before a gap at the end can be taken for others. How much is missing tells
 * which of the walks was right.
 */
void gaps_find(struct gaps *gaps, const struct stream_layout *stream,
	       const struct shm_subbuf *subbuf, uint64_t head_size)
{
	uint64_t first =
		subbuf->contiguous > head_size ? subbuf->contiguous : head_size;

	gaps->sure = false;
	for (int i = subbuf->committed < subbuf->reserved ? 0 : 2; i < 4; i++)
		if (!gaps->sure)
			find_with(gaps, stream, subbuf, head_size,
				  i < 2 ? first : UINT64_MAX, i % 2 == 0);
}
