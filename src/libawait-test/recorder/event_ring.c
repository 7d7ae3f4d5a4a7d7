/* SPDX-License-Identifier: MIT */
/*
 * The block of event_ring.h, and what becomes of records when a recording ends:
 * times in nanoseconds, and the oldest first.
 */
#include "libawait-test/recorder/event_ring.h"

#include "common/ticks.h"
#include "libawait-test/records/records.h"

#include <stddef.h>

#define GOOD_NS 1000000 /* to find what a tick is, to some 1/10000 */

struct ring ring;

/* Not hidden, and kept where the linker collects garbage: like await_debug. */
__attribute__((section(".await_recorder"), used, retain))
EXPORT const struct await_recorder_block await_recorder = {
	.magic = AWAIT_RECORDER_MAGIC,
	.major = AWAIT_RECORDER_MAJOR,
	.minor = AWAIT_RECORDER_MINOR,
	.size = sizeof(struct await_recorder_block),
	.ring = (uint64_t)&ring,
	.trace = (uint64_t)&trace,
#define FIELD(prefix, name, type, member)                                      \
	.prefix##_##name = offsetof(struct type, member)
	FIELD(ring, state, ring, state),
	FIELD(ring, overwrites, ring, overwrites),
	FIELD(ring, room, ring, room),
	FIELD(ring, next, ring, next),
	FIELD(ring, begun_ns, ring, begun_ns),
	FIELD(ring, begun_ticks, ring, begun_ticks),
	FIELD(ring, ns_per_tick, ring, ns_per_tick),
	FIELD(trace, records, await_trace, records),
	FIELD(trace, count, await_trace, count),
	FIELD(trace, lost, await_trace, lost),
	.record_size = sizeof(struct record),
	FIELD(record, time, record, time_ns),
	FIELD(record, id, record, id),
	FIELD(record, parent, record, parent),
	FIELD(record, site, record, site),
	FIELD(record, latency, record, latency_ns),
	FIELD(record, addr, record, addr),
	FIELD(record, thread, record, thread),
	FIELD(record, error, record, error),
	FIELD(record, number, record, stack),
	FIELD(record, type, record, type),
	FIELD(record, state, record, state),
	FIELD(record, attempt, record, attempt),
#undef FIELD
};

static struct moment loaded;

__attribute__((constructor)) static void look_at_the_clocks(void)
{
	loaded = now_both();
}

void ring_begin(void)
{
	struct moment begun = now_both();

	/* Who looks while it records can't wait to see what a tick is. */
	while (begun.ns - loaded.ns < GOOD_NS)
		begun = now_both();
	ring.ns_per_tick = (double)(begun.ns - loaded.ns) /
			   (double)(begun.ticks - loaded.ticks);
	ring.begun_ns = begun.ns;
	ring.begun_ticks = begun.ticks;
}

static void reverse(struct record *records, size_t count)
{
	for (size_t i = 0; i < count / 2; i++) {
		struct record other = records[i];

		records[i] = records[count - 1 - i];
		records[count - 1 - i] = other;
	}
}

static bool is_event(const struct record *record, uint64_t number)
{
	return record->time_ns & RECORD_SEALED &&
	       (!ring.overwrites || record->stack == (uint32_t)number);
}

/* The complete ones of those before number next, oldest first. What others
 * began, in a process that this one was forked from, is left out, too. */
static size_t put_in_order(struct record *records, size_t held, uint64_t next)
{
	size_t kept = 0, oldest = ring.overwrites && held ? next % held : 0;
	uint64_t first = ring.overwrites ? next - held : 0;

	if (oldest) {
		reverse(records, oldest);
		reverse(records + oldest, held - oldest);
		reverse(records, held);
	}
	for (size_t i = 0; i < held; i++) {
		if (is_event(&records[i], first + i))
			records[kept++] = records[i];
	}
	/* The next recording finds nothing that looks like its own. */
	for (size_t i = kept; i < held; i++)
		records[i].time_ns = 0;
	return kept;
}

void ring_end(void)
{
	/* Relaxed: no callback is under way. */
	uint64_t next = atomic_load_explicit(&ring.next, memory_order_relaxed);
	struct moment ended = now_both();
	double ns_per_tick = (double)(ended.ns - loaded.ns) /
			     (double)(ended.ticks - loaded.ticks);

	trace.count = put_in_order(trace.records,
				   next < ring.room ? next : ring.room, next);
	trace.lost = next - trace.count;
	for (size_t i = 0; i < trace.count; i++) {
		/* Signed: clocks of two processors may differ by a little. */
		int64_t ticks =
			(int64_t)(~trace.records[i].time_ns - ring.begun_ticks);

		trace.records[i].time_ns =
			ring.begun_ns +
			(uint64_t)(int64_t)((double)ticks * ns_per_tick);
		if (ring.overwrites)
			trace.records[i].stack = 0;
	}
}
