/* SPDX-License-Identifier: MIT */
/*
 * Events that a debugger stops at. It arms them by storing into this process,
 * which it has stopped, and runs no code here:
 *
 *     trap.filters      what it stops at: events, outcomes, an await's id, a
 *                       function's name
 *     trap.events       the union of their events; changes: one more
 *     await_armed,      trap.listened | trap.events
 *     sink_armed_
 *     WATCH             in the words of awaits whose runs or hits a filter
 *                       wants
 *
 * and by a breakpoint on await_trap(), which is called only for events that a
 * filter wants: a filter that matches nothing costs a comparison, not a stop.
 * While a thread is in await_trap(), its entry points to the event.
 *
 * Arming needs no barrier: a thread that is stopped has no store under way, and
 * its next load finds what the debugger stored. It may be stopped between any
 * two instructions, though. A thread that is about to publish an await looks at
 * await_armed afterwards, as it does for sinks. One that arms for sinks, or
 * clears WATCH, finds that trap.changes has changed, and begins again. A thread
 * stopped while walking the filters may see a mix of old and new ones; at worst
 * one superfluous stop, which the debugger discards. One that has loaded a
 * state word, to store it with another state (publish() in publish.h), loses a
 * WATCH that is set meanwhile: a debugger cannot freeze publishing, as threads
 * do (asymmetric_barrier.c). So the debugger sets WATCH once more: in a process
 * with one thread when that leaves the library, in others when it stops next. A
 * compare-and-swap finds the word changed and loses nothing. A wait that has
 * already looked at the word may run, or hit, without a stop.
 *
 * Just before main() begins or dlopen() returns, await_trap() is called once
 * without an event, so that a debugger that waits for this library finds it.
 */
#include "libawait/core/trap.h"

#include "abi/debug.h"
#include "libawait/core/thread.h"

#include <string.h>

struct trap trap;

/* A debugger stops here. The asm statement keeps calls from being optimized
 * away. */
EXPORT NOINLINE void await_trap(void)
{
	__asm__ volatile("" ::: "memory"); /* an `await break`: see below */
}

static bool has_id(const struct await *aw, uint64_t id)
{
	return id >> 32 == serial_of(aw) / SERIAL_GENERATION_ONE &&
	       slot_has_id(aw, id);
}

static bool is_called(const char *name, const volatile char *wanted)
{
	const char *now = (const char *)wanted;

	/* The debugger may have changed it since the last call. */
	__asm__ volatile("" : "+r"(now) : : "memory");
	return strcmp(name, now) == 0;
}

/* It is not COLD: a filter costs its time here even if nothing matches it. */
bool trap_wants(const struct await *aw, uint32_t events, uint32_t states)
{
	const volatile struct trap_filter *f = trap.filters;

	for (uint32_t any; (any = f->events) != 0; f++) {
		uint64_t id;

		if (!(any & events) || !(f->states & states))
			continue;
		id = f->id;
		if ((id == 0 || has_id(aw, id)) &&
		    (f->name[0] == '\0' ||
		     is_called(aw->site->func->name, f->name)))
			return true;
	}
	return false;
}

void trap_stop(enum await_event_type type, enum await_state state,
	       const struct await *aw, const void *addr, int error)
{
	struct thread *self = thread_self();
	const struct trap_event event = {
		.aw = aw,
		.addr = addr,
		.type = type,
		.state = state,
		.error = error,
	};

	if (!self)
		return;
	/* Relaxed, both: the debugger reads it when this thread has stopped. */
	atomic_store_explicit(&self->trapped, &event, memory_order_relaxed);
	await_trap();
	atomic_store_explicit(&self->trapped, NULL, memory_order_relaxed);
}
