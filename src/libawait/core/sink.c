/* SPDX-License-Identifier: MIT */
/*
 * Sinks, which receive events, and how a process without sinks pays nothing for
 * them.
 *
 * await_armed is the union of the events that sinks request. Operations look at
 * it after they have happened; those that find it 0 are done.
 *
 * Waits do not even do that: hits compare the whole state word with RESOLVED,
 * first waits with PENDING. Arming for hits or runs therefore sets WATCH in the
 * word of every await there is, which equals neither, and fails a claim under
 * way. In order: await_armed is set; a membarrier() makes every thread see it
 * before its next look, and makes visible to us every slot whose creator looked
 * too early; the walk sets WATCH in those; creators that come later see
 * await_armed and set it themselves.
 *
 * A sink may have switches, which say whether it has any use for an event now;
 * operations look at them before they prepare one. Those of all sinks together
 * are in sink_switches.
 *
 * A debugger arms by storing the bits itself: trap.c. What sinks and options
 * request is kept in trap.listened, too, so that neither side loses the bits of
 * the other.
 *
 * A thread that is in a callback has in_sink set in its entry. Removing a sink
 * takes it from the list, calls membarrier(), and waits until no thread is in a
 * callback: threads that emit later do not find it any more.
 */
#include "libawait/core/sink.h"

#include "libawait/core/asymmetric_barrier.h"
#include "libawait/core/clock.h"
#include "libawait/core/hooks.h"
#include "libawait/core/lock.h"
#include "libawait/core/id.h"
#include "libawait/core/sanitizer.h"
#include "libawait/core/slab.h"
#include "libawait/core/thread.h"
#include "libawait/core/watch.h"

#include <errno.h>
#include <sched.h>

#define SINKS_MAX 8

/* Written under sinks_lock. */
static struct lock sinks_lock = LOCK_INITIALIZER;
static AWAIT_ATOMIC(struct await_sink *) sinks[SINKS_MAX];
static const struct await_switch *sinks_switches[SINKS_MAX]; /* or NULL */
static AWAIT_ATOMIC(int) sinks_end; /* one after the last */
/* Tokens: what comes before callbacks, and what they come before. */
#define BEFORE_CALLBACKS (&sinks[0])
#define AFTER_CALLBACKS (&sinks[1])
static uint32_t always_armed;

static AWAIT_ATOMIC(int) always = 1, never;
/* No entry is ever NULL: a thread may see that a sink requests a type before it
 * sees the sink's switches. */
__extension__ struct sink_switch sink_switches[AWAIT_EVENT_COUNT] = {
	[0 ... AWAIT_EVENT_COUNT - 1] = { { &always, &never } },
};

void sink_lock(void)
{
	lock_take(&sinks_lock);
}

void sink_unlock(void)
{
	lock_release(&sinks_lock);
}

/* The id of the await whose function this thread is in; as a run ends, of the
 * one whose function waits for it. */
static uint64_t parent_id(const struct thread *self, enum await_event_type type)
{
	const struct run *run =
		atomic_load_explicit(&self->run, memory_order_relaxed);

	if (type == AWAIT_EVENT_EXEC_END)
		run = run->outer;
	while (run && !run->aw)
		run = run->outer;
	return run ? slot_id(run->aw, serial_of(run->aw)) : 0;
}

static void call_sinks(const struct await_event *event)
{
	/* Relaxed: as await_armed. */
	int end = atomic_load_explicit(&sinks_end, memory_order_relaxed);

	for (int i = 0; i < end; i++) {
		/* Acquire: the sink's fields are read next; partner:
		 * await_sink_add(). */
		struct await_sink *sink =
			atomic_load_explicit(&sinks[i], memory_order_acquire);

		if (sink && sink->events & AWAIT_EVENT_BIT(event->type))
			sink->event(sink, event);
	}
}

/* This thread, or NULL if it cannot emit events now: inside a callback they are
 * not emitted. */
static inline struct thread *emitter(void)
{
	struct thread *self = thread_self();

	/* Relaxed: written by this thread alone. */
	return self && atomic_load_explicit(&self->in_sink,
					    memory_order_relaxed) == 0 ?
		       self :
		       NULL;
}

static inline void emit(struct thread *self, const struct await_event *event)
{
	atomic_store_explicit(&self->in_sink, 1, memory_order_relaxed);
	/* A compiler fence: in_sink is stored before a sink is loaded. The
	 * processor's barrier is the membarrier() of await_sink_remove() and
	 * await_sink_sync(). */
	atomic_signal_fence(memory_order_seq_cst);
	sanitizer_acquire(BEFORE_CALLBACKS);
	call_sinks(event);
	sanitizer_release(AFTER_CALLBACKS);
	/* Release: the callback is over; partner: wait_for_callbacks(). */
	atomic_store_explicit(&self->in_sink, 0, memory_order_release);
}

/* Neither sink_emit() nor sink_emit_simple() is COLD: compilers make cold
 * functions small, and slow. */
NOINLINE void sink_emit(struct await_event *event)
{
	struct thread *self = emitter();

	ASSERT(event->type < AWAIT_EVENT_COUNT);
	if (!self)
		return;
	event->id = slot_id(event->aw, serial_of(event->aw));
	event->site = event->aw->site;
	event->parent = parent_id(self, event->type);
	emit(self, event);
}

NOINLINE void sink_emit_simple(enum await_event_type type, struct await *aw,
			       const void *addr, const void *frame)
{
	/* Acquire: the value may be read; partner: publish_outcome(). */
	enum await_state state = state_of(
		atomic_load_explicit(&aw->state, memory_order_acquire));
	struct thread *self;

	trap_event(type, state, aw, addr, 0);
	self = emitter();
	if (self)
		emit(self, &(struct await_event){
				   .type = type,
				   .state = state,
				   .aw = aw,
				   .id = slot_id(aw, serial_of(aw)),
				   .parent = parent_id(self, type),
				   .site = aw->site,
				   .addr = addr,
				   .frame = frame,
			   });
}

static const struct await_sink *sink_at(int i)
{
	ASSERT_HELD(&sinks_lock);
	/* Relaxed: written under sinks_lock only. */
	return atomic_load_explicit(&sinks[i], memory_order_relaxed);
}

static uint32_t wanted_events(void)
{
	uint32_t events = 0;

	ASSERT_HELD(&sinks_lock);
	for (int i = 0; i < SINKS_MAX; i++)
		if (sink_at(i))
			events |= sink_at(i)->events;
	return events | always_armed;
}

static void set_switches(enum await_event_type type)
{
	int room = SINK_TWO & AWAIT_EVENT_BIT(type) ? 2 : 1, count = 0;
	AWAIT_ATOMIC(int) * on[2] = { &never, &never };

	ASSERT_HELD(&sinks_lock);
	for (int i = 0; i < SINKS_MAX; i++) {
		const struct await_sink *sink = sink_at(i);

		if (!sink || !(sink->events & AWAIT_EVENT_BIT(type)))
			continue;
		for (int n = 0; n < 2; n++) {
			AWAIT_ATOMIC(int) *word =
				sinks_switches[i] ?
					sinks_switches[i][type].on[n] :
					&always;

			if (word && count < room)
				on[count] = word;
			count += word != NULL;
		}
	}
	if (count > room || always_armed)
		on[0] = &always;
	/* Relaxed: as await_armed. */
	for (int n = 0; n < 2; n++)
		atomic_store_explicit(&sink_switches[type].on[n], on[n],
				      memory_order_relaxed);
}

/* Relaxed, all: as arm(). */
static void store_armed(uint32_t bits)
{
	uint32_t changes;

	ASSERT_HELD(&sinks_lock);
	do {
		/* A debugger that changes its filters after this load stores
		 * these words, too; then we store them again. */
		changes = trap.changes;
		atomic_store_explicit(&trap.listened, bits,
				      memory_order_relaxed);
		atomic_signal_fence(memory_order_seq_cst);
		atomic_store_explicit(&await_armed, bits | trap.events,
				      memory_order_relaxed);
		atomic_store_explicit(&sink_armed_, bits | trap.events,
				      memory_order_relaxed);
		atomic_signal_fence(memory_order_seq_cst);
	} while (UNLIKELY(trap.changes != changes));
}

/* Updates all that depends on which sinks there are. Relaxed: the caller's
 * barrier makes it visible. */
static void arm(void)
{
	uint32_t bits = wanted_events();
	int end = 0;

	ASSERT_HELD(&sinks_lock);
	for (int i = 0; i < SINKS_MAX; i++)
		if (sink_at(i))
			end = i + 1;
	atomic_store_explicit(&sinks_end, end, memory_order_relaxed);
	for (int type = 0; type < AWAIT_EVENT_COUNT; type++)
		set_switches((enum await_event_type)type);
	store_armed(bits);
}

static int find(const struct await_sink *sink)
{
	ASSERT_HELD(&sinks_lock);
	for (int i = 0; i < SINKS_MAX; i++)
		if (atomic_load_explicit(&sinks[i], memory_order_relaxed) ==
		    sink)
			return i;
	return -1;
}

static int add(struct await_sink *sink, const struct await_switch *switches)
{
	int place = find(NULL), rc;

	ASSERT_HELD(&sinks_lock);
	if (find(sink) >= 0)
		return -EALREADY;
	if (place < 0)
		return -ENOSPC;
	if (sink->events & AWAIT_EVENT_BIT(AWAIT_EVENT_EXEC_END))
		clock_begin();
	sinks_switches[place] = switches;
	sanitizer_release(BEFORE_CALLBACKS);
	/* Release: partner of the acquire in call_sinks(). */
	atomic_store_explicit(&sinks[place], sink, memory_order_release);
	arm();
	rc = barrier_heavy();
	if (rc != 0) {
		atomic_store_explicit(&sinks[place], NULL,
				      memory_order_relaxed);
		arm();
		return rc;
	}
	if (sink->events & ARMED_WATCH)
		watch_all();
	return 0;
}

void sink_arm_always(uint32_t bits)
{
	lock_take(&sinks_lock);
	always_armed |= bits;
	arm();
	/* There is hardly ever an await yet: see start/begin.c. If there is,
	 * there is one thread, which needs no barrier. */
	if (bits & ARMED_WATCH)
		watch_all();
	lock_release(&sinks_lock);
}

static bool all_there(const struct await_sink *sink,
		      const struct await_switch *switches)
{
	for (int type = 0; type < AWAIT_EVENT_COUNT; type++)
		if (sink->events & AWAIT_EVENT_BIT(type) &&
		    !switches[type].on[0])
			return false;
	return true;
}

EXPORT int await_sink_add_switched(struct await_sink *sink,
				   const struct await_switch switches[])
{
	int rc;

	if (!sink || !sink->event || sink->events & ~AWAIT_EVENTS_ALL ||
	    (switches && !all_there(sink, switches)))
		return -EINVAL;
	/* What this thread has left is no concern of this sink, but of those
	 * that are removed. */
	core_hooks.end_left(thread_self_, CALL_SITE(), stack_pointer);
	lock_take(&sinks_lock);
	rc = add(sink, switches);
	lock_release(&sinks_lock);
	return rc;
}

EXPORT int await_sink_add(struct await_sink *sink)
{
	return await_sink_add_switched(sink, NULL);
}

static void wait_for_callbacks(void)
{
	/* Acquire: entries below the count are zeroed; partner:
	 * take_index(). */
	uint32_t count =
		atomic_load_explicit(&await_thread_count, memory_order_acquire);

	for (uint32_t i = 1; i < count; i++)
		/* Acquire: what the callback did happened before; partner:
		 * sink_emit(). */
		while (atomic_load_explicit(&await_threads[i].in_sink,
					    memory_order_acquire) != 0)
			sched_yield();
	sanitizer_acquire(AFTER_CALLBACKS);
}

EXPORT int await_sink_sync(void)
{
	const struct thread *self = thread_self_;

	/* Relaxed: written by this thread. */
	if (self &&
	    atomic_load_explicit(&self->in_sink, memory_order_relaxed) != 0)
		return -EDEADLK;
	sanitizer_release(BEFORE_CALLBACKS);
	if (barrier_heavy() != 0)
		return -ENOSYS;
	wait_for_callbacks();
	return 0;
}

EXPORT int await_sink_remove(struct await_sink *sink)
{
	struct thread *self = thread_self_;
	int place;

	if (!sink)
		return -ENOENT;
	if (self &&
	    atomic_load_explicit(&self->in_sink, memory_order_relaxed) != 0)
		return -EDEADLK;
	core_hooks.end_left(self, CALL_SITE(), stack_pointer);
	lock_take(&sinks_lock);
	place = find(sink);
	if (place >= 0) {
		atomic_store_explicit(&sinks[place], NULL,
				      memory_order_relaxed);
		arm();
		if (sink->events & ARMED_WATCH &&
		    !(wanted_events() & ARMED_WATCH))
			unwatch_all();
	}
	lock_release(&sinks_lock);
	if (place < 0)
		return -ENOENT;
	if (barrier_heavy() != 0)
		return -ENOSYS;
	wait_for_callbacks();
	return 0;
}
