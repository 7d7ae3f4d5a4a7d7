/* SPDX-License-Identifier: MIT */
/*
 * The block of event_ring.h, and the end of a recording: times become
 * nanoseconds, and the oldest record is the first.
 */
#include "libawait-test/recorder/event_ring.h"

#include "common/assert.h"
#include "common/export.h"
#include "common/ticks.h"
#include "libawait-test/records/records.h"

#include <stddef.h>

/* Between two readings of the clocks, to know a tick to some 1/10000. */
#define GOOD_NS 1000000

struct event_ring event_ring;
struct await_trace recorded;

/* Exported, and retained where the linker collects garbage, like await_debug.
 */
__attribute__((section(".await_recorder"), used, retain))
EXPORT const struct await_recorder_block await_recorder = {
	.magic = AWAIT_RECORDER_MAGIC,
	.major = AWAIT_RECORDER_MAJOR,
	.minor = AWAIT_RECORDER_MINOR,
	.size = sizeof(struct await_recorder_block),
	.ring = (uint64_t)&event_ring,
	.trace = (uint64_t)&recorded,
	.ring_state = offsetof(struct event_ring, state),
	.ring_overwrites = offsetof(struct event_ring, overwrites),
	.ring_room = offsetof(struct event_ring, room),
	.ring_next = offsetof(struct event_ring, next),
	.ring_begun_ns = offsetof(struct event_ring, begun_ns),
	.ring_begun_ticks = offsetof(struct event_ring, begun_ticks),
	.ring_ns_per_tick = offsetof(struct event_ring, ns_per_tick),
	.trace_records = offsetof(struct await_trace, records),
	.trace_count = offsetof(struct await_trace, count),
	.trace_lost = offsetof(struct await_trace, lost),
	.record_size = sizeof(struct record),
	.record_time = offsetof(struct record, time_ns),
	.record_id = offsetof(struct record, id),
	.record_parent = offsetof(struct record, parent),
	.record_site = offsetof(struct record, site),
	.record_latency = offsetof(struct record, latency_ns),
	.record_addr = offsetof(struct record, addr),
	.record_thread = offsetof(struct record, thread),
	.record_error = offsetof(struct record, error),
	.record_number = offsetof(struct record, stack),
	.record_type = offsetof(struct record, type),
	.record_state = offsetof(struct record, state),
	.record_attempt = offsetof(struct record, attempt),
	.record_source = offsetof(struct record, source),
};

static struct moment loaded;

void event_ring_load(void)
{
	loaded = now_both();
}

void event_ring_begin(void)
{
	struct moment begun = now_both();

	/* A debugger may read the ring at any time: the tick has to be known.
	 */
	while (begun.ns - loaded.ns < GOOD_NS)
		begun = now_both();
	event_ring.ns_per_tick = (double)(begun.ns - loaded.ns) /
				 (double)(begun.ticks - loaded.ticks);
	event_ring.begun_ns = begun.ns;
	event_ring.begun_ticks = begun.ticks;
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
	       (!event_ring.overwrites || record->stack == (uint32_t)number);
}

/* Moves the complete ones of the last held records before number next to the
 * front, oldest first. Records are left incomplete by threads that did not
 * survive fork(), too. */
static size_t put_in_order(struct record *records, size_t held, uint64_t next)
{
	size_t kept = 0,
	       oldest = event_ring.overwrites && held ? next % held : 0;
	uint64_t first = event_ring.overwrites ? next - held : 0;

	ASSERT(held <= event_ring.room && held <= next);
	if (oldest) {
		reverse(records, oldest);
		reverse(records + oldest, held - oldest);
		reverse(records, held);
	}
	for (size_t i = 0; i < held; i++) {
		if (is_event(&records[i], first + i))
			records[kept++] = records[i];
	}
	/* So that the next recording does not take them for its own. */
	for (size_t i = kept; i < held; i++)
		records[i].time_ns = 0;
	return kept;
}

void event_ring_end(void)
{
	/* Relaxed, both: await_sink_sync() came before, so no thread records.
	 */
	uint64_t next =
		atomic_load_explicit(&event_ring.next, memory_order_relaxed);
	struct moment ended = now_both();
	double ns_per_tick = (double)(ended.ns - loaded.ns) /
			     (double)(ended.ticks - loaded.ticks);

	ASSERT(atomic_load_explicit(&event_ring.state, memory_order_relaxed) ==
	       RING_ENDING);
	recorded.count = put_in_order(
		recorded.records,
		next < event_ring.room ? next : event_ring.room, next);
	recorded.lost = next - recorded.count;
	for (size_t i = 0; i < recorded.count; i++) {
		/* Signed: clocks of two processors may differ by a little. */
		int64_t ticks = (int64_t)(~recorded.records[i].time_ns -
					  event_ring.begun_ticks);

		recorded.records[i].time_ns =
			event_ring.begun_ns +
			(uint64_t)(int64_t)((double)ticks * ns_per_tick);
		if (event_ring.overwrites)
			recorded.records[i].stack = 0;
	}
}
