/* SPDX-License-Identifier: MIT */
/*
 * Recording this process: a sink that writes events into memory.
 *
 * The sink is added at the first begin and stays: from then on a begin or end
 * is a store and no walk over all awaits. Between them each event takes the
 * next record by an atomic addition, whatever thread it is on; so the records
 * are in the order of the events, and no thread waits for another. What finds
 * no room is counted only; or, if the trace overwrites, takes the place of the
 * oldest. event_ring.h says how a debugger reads them.
 *
 * There is one trace. Its memory is mapped once for the most events that were
 * asked for, used again by the next begin, and untouched where nothing was
 * recorded.
 */
#define _GNU_SOURCE /* gettid */
#include "libawait-test/recorder/event_ring.h"

#include "common/ticks.h"
#include "libawait-test/records/records.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "stack/stack.h"

#define EVENTS 1000000u
#define EVENTS_MAX (1u << 30)
#define DEPTH 32u
#define DEPTH_MAX STACK_MOST

/* Guards all but what record_event() writes. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
struct await_trace trace;
static size_t records_mapped, stacks_mapped; /* bytes */
static pthread_t test_thread;
static bool test_thread_known, sink_added, from_start;

/* Constant while it records. room: of events that need no other's place. */
static size_t room;
static bool this_thread;
static uint32_t stacks_of;
static unsigned depth;

static AWAIT_ATOMIC(size_t) next_word;

/* Not through a call: four bytes fit in where dlopen() comes late, too. */
__attribute__((tls_model("initial-exec"))) static __thread uint32_t own_tid;

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

static AWAIT_ATOMIC(uint64_t) * time_of(struct record *record)
{
	return (AWAIT_ATOMIC(uint64_t) *)&record->time_ns;
}

/*
 * The place of event number n in a ring that overwrites, to be written by this
 * thread alone; NULL: a thread that is a whole round behind still writes there.
 * Then this event is lost.
 */
__attribute__((noinline)) static struct record *take_place(size_t n)
{
	struct record *record;

	if (!ring.overwrites)
		return NULL;
	record = &trace.records[n & (ring.room - 1)];
	/* Acquire: what was written there before; partner: record_event(). */
	if (atomic_exchange_explicit(time_of(record), RECORD_BUSY,
				     memory_order_acquire) == RECORD_BUSY)
		return NULL;
	record->stack = (uint32_t)n;
	return record;
}

/* Apart from what is asked first, which is all between recordings. */
__attribute__((noinline)) static void
write_record(const struct await_event *event)
{
	struct record *record;
	size_t n;

	if (this_thread && !pthread_equal(pthread_self(), test_thread))
		return;
	/* Relaxed: a place of its own; it is read after await_sink_sync(). */
	n = atomic_fetch_add_explicit(&ring.next, 1, memory_order_relaxed);
	record = n < room ? &trace.records[n] : take_place(n);
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
	record->attempt = (uint16_t)event->attempt;
	if (n < room)
		record->stack = stacks_of & AWAIT_EVENT_BIT(event->type) ?
					record_stack(event) :
					0;
	/* Release: the record is complete; partners: take_place(), and a
	 * debugger that stops this thread. */
	atomic_store_explicit(time_of(record), ~now_ticks(),
			      memory_order_release);
}

static void record_event(struct await_sink *sink,
			 const struct await_event *event)
{
	(void)sink;
	/* Acquire: room and the rest are those of this recording; partner:
	 * await_trace_begin(). */
	if (atomic_load_explicit(&ring.state, memory_order_acquire) ==
	    RING_RECORDING)
		write_record(event);
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

/* At least events. */
static size_t power_of_two(size_t events)
{
	size_t power = 1;

	while (power < events)
		power *= 2;
	return power;
}

/* lock held. */
static int set_up(const struct await_trace_options *options)
{
	bool overwrite = options && options->overwrite;
	size_t events = options && options->events ? options->events : EVENTS;
	void *records = trace.records, *stacks = trace.stacks;
	bool mapped;

	depth = options && options->depth ? options->depth : DEPTH;
	stacks_of = options ? options->stacks : 0;
	if (events > EVENTS_MAX || depth > DEPTH_MAX ||
	    stacks_of & ~AWAIT_EVENTS_ALL)
		return -EINVAL;
	/* A stack's place is a uint32_t. */
	if (stacks_of && (overwrite || events > UINT32_MAX / (depth + 1)))
		return -EINVAL;
	if (overwrite)
		events = power_of_two(events);
	mapped = map(&records, &records_mapped, events * sizeof(struct record));
	trace.records = records;
	if (mapped && stacks_of)
		mapped = map(&stacks, &stacks_mapped,
			     events * (depth + 1) * sizeof(uint64_t));
	trace.stacks = stacks;
	if (!mapped)
		return -ENOMEM;
	room = overwrite ? 0 : events;
	ring.room = events;
	ring.overwrites = overwrite;
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
static const struct await_trace *end(void)
{
	/* Relaxed, all: written under lock, seen by all after the sync. */
	if (atomic_load_explicit(&ring.state, memory_order_relaxed) !=
	    RING_RECORDING)
		return NULL;
	atomic_store_explicit(&ring.state, RING_ENDING, memory_order_relaxed);
	await_sink_sync();
	ring_end();
	trace.stacks_used =
		atomic_load_explicit(&next_word, memory_order_relaxed);
	atomic_store_explicit(&ring.state, RING_ENDED, memory_order_relaxed);
	return &trace;
}

/* lock held. */
static int begin(const struct await_trace_options *options)
{
	int rc;

	if (from_start)
		end();
	from_start = false;
	/* Relaxed: written under lock. */
	if (atomic_load_explicit(&ring.state, memory_order_relaxed) ==
	    RING_RECORDING)
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
	ring_begin();
	/* Relaxed: published by the store below. */
	atomic_store_explicit(&ring.next, 0, memory_order_relaxed);
	atomic_store_explicit(&next_word, 0, memory_order_relaxed);
	/* Release: all of the above; partner: record_event(). */
	atomic_store_explicit(&ring.state, RING_RECORDING,
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
