/* SPDX-License-Identifier: MIT */
/*
 * Records this process: a sink that writes events into memory.
 *
 * The sink is added at the first begin and stays, so that every later begin and
 * end is a store rather than a walk over all awaits. In between, each event
 * takes the next record by an atomic addition, whatever thread it is on: the
 * records are in the order of the events, and no thread waits for another. An
 * event that finds no room is only counted; if the trace overwrites, it takes
 * the place of the oldest. event_ring.h says how a debugger reads the records.
 *
 * There is one trace. Its memory is mapped for the largest number of events
 * requested so far and reused by the next begin; pages where nothing is
 * recorded are never touched.
 */
#define _GNU_SOURCE /* gettid */
#include "libawait-test/recorder/recorder.h"

#include "common/assert.h"
#include "common/export.h"
#include "common/ticks.h"
#include "libawait-test/recorder/event_ring.h"
#include "libawait-test/recorder/recorded_names.h"
#include "libawait-test/records/functions.h"
#include "libawait-test/records/records.h"
#include "libawait-test/records/test_thread.h"
#include "stack/stack.h"

#include <errno.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#define EVENTS 1000000u
#define EVENTS_MAX (1u << 30)
#define DEPTH 32u
#define DEPTH_MAX STACK_MOST

/* Guards everything but what record_event() writes. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static size_t records_mapped, stacks_mapped; /* bytes */
static bool sink_added, from_start;

/* Constant while it records. room: events before any has to overwrite. */
static size_t room;
static bool this_thread;
static uint32_t stacks_of;
static unsigned depth;

static AWAIT_ATOMIC(size_t) next_word;

/* Accessed without a call; four bytes of static TLS are left even for a
 * library that is loaded late by dlopen(). */
__attribute__((tls_model("initial-exec"))) static __thread uint32_t own_tid;

static uint32_t tid(void)
{
	if (own_tid == 0)
		own_tid = (uint32_t)gettid();
	return own_tid;
}

/* From the user's call outwards. Returns its index in stacks, plus one. */
static uint32_t record_stack(const struct await_event *event)
{
	uintptr_t pcs[DEPTH_MAX];
	unsigned int truncated;
	size_t at, length = stack_walk(pcs, depth, event->addr, event->frame,
				       &truncated);

	ASSERT(length <= depth);
	/* Relaxed: each thread gets words of its own, which are read after
	 * await_sink_sync(). */
	at = atomic_fetch_add_explicit(&next_word, length + 1,
				       memory_order_relaxed);
	ASSERT((at + length + 1) * sizeof(uint64_t) <= stacks_mapped);
	recorded.stacks[at] = length;
	for (size_t i = 0; i < length; i++)
		recorded.stacks[at + 1 + i] = pcs[i] + 1;
	return (uint32_t)(at + 1);
}

static AWAIT_ATOMIC(uint64_t) * time_of(struct record *record)
{
	return (AWAIT_ATOMIC(uint64_t) *)&record->time_ns;
}

/*
 * The record of event number n in a ring that overwrites, which this thread may
 * write. NULL: a thread that is a whole round behind still writes there, and
 * this event is lost.
 */
__attribute__((noinline)) static struct record *take_record(size_t n)
{
	struct record *record;

	if (!event_ring.overwrites)
		return NULL;
	/* The mask below takes the place of a modulo. */
	ASSERT((event_ring.room & (event_ring.room - 1)) == 0);
	record = &recorded.records[n & (event_ring.room - 1)];
	/* Acquire: what another thread wrote there; partner: write_record(). */
	if (atomic_exchange_explicit(time_of(record), RECORD_BUSY,
				     memory_order_acquire) == RECORD_BUSY)
		return NULL;
	record->stack = (uint32_t)n;
	return record;
}

/* Out of line: between recordings only record_event() runs. */
__attribute__((noinline)) static void
write_record(const struct await_event *event)
{
	struct record *record;
	size_t n;

	if (this_thread && !test_thread_is_current())
		return;
	/* Relaxed: no other thread gets n; its record is read after
	 * await_sink_sync(). */
	n = atomic_fetch_add_explicit(&event_ring.next, 1,
				      memory_order_relaxed);
	record = n < room ? &recorded.records[n] : take_record(n);
	if (!record)
		return;
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
	record->attempt = (uint8_t)event->attempt;
	record->source = (uint8_t)event->source;
	if (n < room)
		record->stack = stacks_of & AWAIT_EVENT_BIT(event->type) ?
					record_stack(event) :
					0;
	/* Release: the record is complete; partners: take_record(), and a
	 * debugger that stops this thread. */
	atomic_store_explicit(time_of(record), ~now_ticks(),
			      memory_order_release);
}

static void record_event(struct await_sink *sink,
			 const struct await_event *event)
{
	/* Acquire: room and the rest are those of this recording; partner:
	 * await_trace_begin(). */
	bool recording =
		atomic_load_explicit(&event_ring.state, memory_order_acquire) ==
		RING_RECORDING;

	(void)sink;
	if (event->type == AWAIT_EVENT_NAME)
		recorded_names_keep(event->aw, event->id, event->name,
				    recording);
	if (recording)
		write_record(event);
}

static struct await_sink sink = {
	.event = record_event,
	.events = AWAIT_EVENTS_ALL,
};

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

/* The least one that is not less than events. */
static size_t power_of_two(size_t events)
{
	size_t power = 1;

	while (power < events)
		power *= 2;
	return power;
}

static int set_up(const struct await_trace_options *options)
{
	bool overwrite = options && options->overwrite;
	size_t events = options && options->events ? options->events : EVENTS;
	void *records = recorded.records, *stacks = recorded.stacks;
	bool mapped;

	ASSERT_MUTEX_HELD(&lock);
	depth = options && options->depth ? options->depth : DEPTH;
	stacks_of = options ? options->stacks : 0;
	if (events > EVENTS_MAX || depth > DEPTH_MAX ||
	    stacks_of & ~AWAIT_EVENTS_ALL)
		return -EINVAL;
	/* record.stack is a uint32_t. */
	if (stacks_of && (overwrite || events > UINT32_MAX / (depth + 1)))
		return -EINVAL;
	if (overwrite)
		events = power_of_two(events);
	mapped = map(&records, &records_mapped, events * sizeof(struct record));
	recorded.records = records;
	if (mapped && stacks_of)
		mapped = map(&stacks, &stacks_mapped,
			     events * (depth + 1) * sizeof(uint64_t));
	recorded.stacks = stacks;
	if (!mapped)
		return -ENOMEM;
	room = overwrite ? 0 : events;
	event_ring.room = events;
	event_ring.overwrites = overwrite;
	this_thread = options && options->this_thread;
	return 0;
}

/* With libunwind: other unwinders are an option of the tracer. */
static void begin_stacks(void)
{
	const struct stack_options options = {
		.depth = 1,
		.unwinder = &unwinder_libunwind,
	};
	static bool begun;

	ASSERT_MUTEX_HELD(&lock);
	if (!begun && unwinder_libunwind.load())
		stack_begin(&options);
	begun = true;
}

static const struct await_trace *end(void)
{
	ASSERT_MUTEX_HELD(&lock);
	/* Relaxed, all: written under lock, and all threads see it after the
	 * sync. */
	if (atomic_load_explicit(&event_ring.state, memory_order_relaxed) !=
	    RING_RECORDING)
		return NULL;
	atomic_store_explicit(&event_ring.state, RING_ENDING,
			      memory_order_relaxed);
	await_sink_sync();
	event_ring_end();
	recorded.stacks_used =
		atomic_load_explicit(&next_word, memory_order_relaxed);
	atomic_store_explicit(&event_ring.state, RING_ENDED,
			      memory_order_relaxed);
	recorded.names = &recorded_names;
	return &recorded;
}

static int begin(const struct await_trace_options *options)
{
	int rc;

	ASSERT_MUTEX_HELD(&lock);
	if (from_start)
		end();
	from_start = false;
	/* Relaxed: written under lock. */
	if (atomic_load_explicit(&event_ring.state, memory_order_relaxed) ==
	    RING_RECORDING)
		return -EALREADY;
	/* The last trace is gone, also for users who still hold it. */
	recorded.count = recorded.lost = 0;
	rc = set_up(options);
	if (rc == 0 && stacks_of)
		begin_stacks();
	if (rc == 0 && !sink_added)
		rc = await_sink_add(&sink);
	if (rc != 0)
		return rc;
	recorded_names_begin(!sink_added);
	sink_added = true;
	if (!recorded.functions)
		recorded.functions = functions_of_process();
	test_thread_set();
	event_ring_begin();
	/* Relaxed: published by the store below. */
	atomic_store_explicit(&event_ring.next, 0, memory_order_relaxed);
	atomic_store_explicit(&next_word, 0, memory_order_relaxed);
	/* Release: all of the above; partner: record_event(). */
	atomic_store_explicit(&event_ring.state, RING_RECORDING,
			      memory_order_release);
	return 0;
}

void recorder_begin_at_start(size_t events)
{
	const struct await_trace_options options = {
		.events = events,
		.overwrite = true,
	};

	pthread_mutex_lock(&lock);
	from_start = begin(&options) == 0;
	pthread_mutex_unlock(&lock);
}

EXPORT int await_trace_begin(const struct await_trace_options *options)
{
	int rc;

	pthread_mutex_lock(&lock);
	rc = begin(options);
	pthread_mutex_unlock(&lock);
	return rc;
}

EXPORT const struct await_trace *await_trace_end(void)
{
	const struct await_trace *ended;

	pthread_mutex_lock(&lock);
	ended = from_start ? NULL : end();
	pthread_mutex_unlock(&lock);
	return ended;
}

/* A forked child has one thread, with another tid. */
static void before_fork(void)
{
	pthread_mutex_lock(&lock);
	recorded_names_lock();
}

static void after_fork(void)
{
	recorded_names_unlock();
	pthread_mutex_unlock(&lock);
}

static void after_fork_in_child(void)
{
	own_tid = 0;
	after_fork();
}

void recorder_watch_forks(void)
{
	pthread_atfork(before_fork, after_fork, after_fork_in_child);
}

__attribute__((destructor)) static void leave(void)
{
	if (sink_added)
		await_sink_remove(&sink);
}
