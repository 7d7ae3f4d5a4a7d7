/* SPDX-License-Identifier: MIT */
/*
 * Recording this process: a sink that writes events into memory.
 *
 * The sink is added at the first begin and stays: from then on a begin or end
 * is a store and no walk over all awaits. Between them each event takes the
 * next record by an atomic addition, whatever thread it is on; so the records
 * are in the order of the events, and no thread waits for another. What finds
 * no room is counted only.
 *
 * There is one trace. Its memory is mapped once for the most events that were
 * asked for, used again by the next begin, and untouched where nothing was
 * recorded.
 */
#define _GNU_SOURCE /* gettid */
#include "trace.h"

#include "../ticks.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../trace/stack.h"

#define EVENTS 1000000u
#define EVENTS_MAX (1u << 30)
#define DEPTH 32u
#define DEPTH_MAX STACK_MOST

/* Guards all but what record_event() writes. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct await_trace trace;
static size_t records_mapped, stacks_mapped; /* bytes */
static pthread_t test_thread;
static bool test_thread_known, sink_added;

/* Constant while it records. */
static size_t room;
static bool this_thread;
static uint32_t stacks_of;
static unsigned depth;

static struct moment {
	uint64_t ns, ticks;
} begun;

static AWAIT_ATOMIC(bool) recording;
static AWAIT_ATOMIC(size_t) next_record, next_word;

static __thread uint32_t own_tid;

static uint32_t tid(void)
{
	if (own_tid == 0)
		own_tid = (uint32_t)gettid();
	return own_tid;
}

/* From the user's call outwards. Returns where it stands, plus one. */
static uint32_t record_stack(const struct await_event *event)
{
	uintptr_t pcs[DEPTH_MAX];
	unsigned int truncated;
	size_t at, length = stack_walk(pcs, depth, event->addr, event->frame,
				       &truncated);

	/* Relaxed: each gets words of its own; they are read after
	 * await_sink_sync(). */
	at = atomic_fetch_add_explicit(&next_word, length + 1,
				       memory_order_relaxed);
	trace.stacks[at] = length;
	for (size_t i = 0; i < length; i++)
		trace.stacks[at + 1 + i] = pcs[i] + 1;
	return (uint32_t)(at + 1);
}

static void record_event(struct await_sink *sink,
			 const struct await_event *event)
{
	struct record *record;
	size_t at;

	(void)sink;
	/* Acquire: room and the rest are those of this recording; partner:
	 * await_trace_begin(). */
	if (!atomic_load_explicit(&recording, memory_order_acquire) ||
	    (this_thread && !pthread_equal(pthread_self(), test_thread)))
		return;
	/* Relaxed: a place of its own; it is read after await_sink_sync(). */
	at = atomic_fetch_add_explicit(&next_record, 1, memory_order_relaxed);
	if (at >= room)
		return;
	record = &trace.records[at];
	record->time_ns = now_ticks(); /* until end() */
	record->id = event->id;
	record->parent = event->parent;
	record->site = event->site;
	record->aw = event->aw;
	if (event->type == AWAIT_EVENT_EXEC_END)
		record->latency_ns = event->latency_ns;
	record->addr = (uintptr_t)event->addr;
	record->thread = tid();
	record->error = event->error;
	record->type = (uint8_t)event->type;
	record->state = (uint8_t)event->state;
	record->attempt = (uint16_t)event->attempt;
	record->stack = stacks_of & AWAIT_EVENT_BIT(event->type) ?
				record_stack(event) :
				0;
}

static struct await_sink sink = {
	.event = record_event,
	.events = AWAIT_EVENTS_ALL,
};

bool recorder_is_test_thread(void)
{
	bool is;

	pthread_mutex_lock(&lock);
	is = !test_thread_known || pthread_equal(pthread_self(), test_thread);
	pthread_mutex_unlock(&lock);
	return is;
}

/* Makes *memory at least size bytes. False when memory is out. */
static bool map(void **memory, size_t *mapped, size_t size)
{
	void *made;

	if (*mapped >= size)
		return true;
	made = mmap(NULL, size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (made == MAP_FAILED)
		return false;
	if (*memory)
		munmap(*memory, *mapped);
	*memory = made;
	*mapped = size;
	return true;
}

/* lock held. */
static int set_up(const struct await_trace_options *options)
{
	size_t events = options && options->events ? options->events : EVENTS;
	void *records = trace.records, *stacks = trace.stacks;
	bool mapped;

	depth = options && options->depth ? options->depth : DEPTH;
	stacks_of = options ? options->stacks : 0;
	if (events > EVENTS_MAX || depth > DEPTH_MAX ||
	    stacks_of & ~AWAIT_EVENTS_ALL)
		return -EINVAL;
	/* A stack's place is a uint32_t. */
	if (stacks_of && events > UINT32_MAX / (depth + 1))
		return -EINVAL;
	mapped = map(&records, &records_mapped, events * sizeof(struct record));
	trace.records = records;
	if (mapped && stacks_of)
		mapped = map(&stacks, &stacks_mapped,
			     events * (depth + 1) * sizeof(uint64_t));
	trace.stacks = stacks;
	if (!mapped)
		return -ENOMEM;
	room = events;
	this_thread = options && options->this_thread;
	return 0;
}

/* lock held. libunwind, since others are an option of tracing. */
static void begin_stacks(void)
{
	const struct stack_options options = { 1, &unwinder_libunwind };
	static bool begun;

	if (!begun && unwinder_libunwind.load())
		stack_begin(&options);
	begun = true;
}

/* lock held. */
static int begin(const struct await_trace_options *options)
{
	int rc;

	/* Relaxed: written under lock. */
	if (atomic_load_explicit(&recording, memory_order_relaxed))
		return -EALREADY;
	/* What the last recording counted may be looked at no more. */
	trace.count = trace.lost = 0;
	rc = set_up(options);
	if (rc == 0 && stacks_of)
		begin_stacks();
	if (rc == 0 && !sink_added)
		rc = await_sink_add(&sink);
	if (rc != 0)
		return rc;
	sink_added = true;
	if (!trace.functions)
		trace.functions = functions_of_process();
	test_thread = pthread_self();
	test_thread_known = true;
	begun = (struct moment){ now_ns(), now_ticks() };
	/* Relaxed: published by the store below. */
	atomic_store_explicit(&next_record, 0, memory_order_relaxed);
	atomic_store_explicit(&next_word, 0, memory_order_relaxed);
	/* Release: all of the above; partner: record_event(). */
	atomic_store_explicit(&recording, true, memory_order_release);
	return 0;
}

EXPORT int await_trace_begin(const struct await_trace_options *options)
{
	int rc;

	pthread_mutex_lock(&lock);
	rc = begin(options);
	pthread_mutex_unlock(&lock);
	return rc;
}

/* Ticks become nanoseconds, by what passed of both. */
static void convert_times(void)
{
	struct moment ended = { now_ns(), now_ticks() };
	double ns_per_tick =
		ended.ticks > begun.ticks ?
			(double)(ended.ns - begun.ns) /
				(double)(ended.ticks - begun.ticks) :
			0;

	for (size_t i = 0; i < trace.count; i++) {
		/* Signed: clocks of two processors may differ by a little. */
		int64_t ticks =
			(int64_t)(trace.records[i].time_ns - begun.ticks);

		trace.records[i].time_ns =
			begun.ns +
			(uint64_t)(int64_t)((double)ticks * ns_per_tick);
	}
}

/* lock held. */
static const struct await_trace *end(void)
{
	size_t seen;

	/* Relaxed: written under lock, seen by all after the sync. */
	if (!atomic_load_explicit(&recording, memory_order_relaxed))
		return NULL;
	atomic_store_explicit(&recording, false, memory_order_relaxed);
	await_sink_sync();
	/* Relaxed, both: no callback is under way. */
	seen = atomic_load_explicit(&next_record, memory_order_relaxed);
	trace.count = seen < room ? seen : room;
	trace.lost = seen - trace.count;
	convert_times();
	trace.stacks_used =
		atomic_load_explicit(&next_word, memory_order_relaxed);
	return &trace;
}

EXPORT const struct await_trace *await_trace_end(void)
{
	const struct await_trace *ended;

	pthread_mutex_lock(&lock);
	ended = end();
	pthread_mutex_unlock(&lock);
	return ended;
}

EXPORT int await_trace_teardown(void **state)
{
	const char *kept;

	(void)state;
	await_trace_end();
	kept = claim_take_kept();
	if (!kept)
		return 0;
	dprintf(STDERR_FILENO, "%s\n", kept);
	return -1;
}

/* A forked child has one thread, and its tid is another. */
static void before_fork(void)
{
	pthread_mutex_lock(&lock);
}

static void after_fork(void)
{
	pthread_mutex_unlock(&lock);
}

static void after_fork_in_child(void)
{
	own_tid = 0;
	pthread_mutex_unlock(&lock);
}

__attribute__((constructor)) static void watch_forks(void)
{
	pthread_atfork(before_fork, after_fork, after_fork_in_child);
}

__attribute__((destructor)) static void leave(void)
{
	if (sink_added)
		await_sink_remove(&sink);
}
