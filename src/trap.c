/* SPDX-License-Identifier: MIT */
/*
 * Events for a debugger. It arms them by storing into this process, which it
 * has stopped, and runs no code here:
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
 * filter wants: one that matches nothing costs a comparison, not a stop. While
 * the thread is in there, its entry points to what has happened.
 *
 * Arming needs no barrier: a thread that is stopped has no store under way, and
 * its next load finds what the debugger stored. It may be stopped between any
 * two instructions, though. One that is about to publish an await looks at
 * await_armed after it, as it does for sinks. One that arms for sinks finds
 * that trap.changes has, and begins again. One that has loaded a state word,
 * to store it with another state, loses a WATCH that is set meanwhile: the
 * debugger sets it once more when that thread leaves the library.
 *
 * As main() is about to begin, or dlopen() to return, await_trap() is called
 * once with no event: a debugger that waited for this library now finds it.
 */
#include "debug.h"

#include "internal.h"

struct trap trap;

/* Empty, but not for the compiler: a debugger stops here. */
EXPORT NOINLINE void await_trap(void)
{
	__asm__ volatile("" ::: "memory"); /* an `await break`: see below */
}

static bool is_called(const struct await *aw, const volatile char *wanted)
{
	const char *name = aw->site->func->name;

	while (*name && *name == *wanted) {
		name++;
		wanted++;
	}
	return *name == *wanted;
}

static bool is_about(const volatile struct trap_filter *f,
		     const struct await *aw)
{
	return (f->id == 0 || trap_has_id(aw, f->id)) &&
	       (f->name[0] == '\0' || is_called(aw, f->name));
}

bool trap_watches(const struct await *aw)
{
	for (uint32_t i = 0; i < trap.count; i++)
		if (trap.filters[i].events & TRAP_WATCH &&
		    is_about(&trap.filters[i], aw))
			return true;
	return false;
}

static bool is_wanted(const struct trap_event *event)
{
	for (uint32_t i = 0; i < trap.count; i++) {
		const volatile struct trap_filter *f = &trap.filters[i];

		if (f->events >> event->type & 1 &&
		    f->states >> event->state & 1 && is_about(f, event->aw))
			return true;
	}
	return false;
}

void trap_tell(enum await_event_type type, enum await_state state,
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

	if (!self || !is_wanted(&event))
		return;
	/* Relaxed, both: the debugger reads it when this thread has stopped. */
	atomic_store_explicit(&self->trapped, &event, memory_order_relaxed);
	await_trap();
	atomic_store_explicit(&self->trapped, NULL, memory_order_relaxed);
}

__attribute__((constructor)) static void tell_debugger(void)
{
	await_trap();
}
