/* SPDX-License-Identifier: MIT */
/*
 * Events that a debugger stops at. trap.c says how the debugger arms them.
 */
#pragma once

#include "libawait/core/armed.h"
#include "libawait/core/id.h"

/*
 * Written only by a debugger, while every thread is stopped; so it may change
 * between any two instructions, which is why it is volatile.
 */
struct trap_filter {
	uint32_t events; /* AWAIT_EVENT_BIT()s; 0: no filter, here and after */
	uint32_t states; /* the event's, as bits 1 << enum await_state */
	uint64_t id;	 /* 0: of any await */
	char name[112];	 /* of its function; empty: of any */
};
#define TRAP_FILTERS 16u
struct trap {
	/* await_armed without what only a debugger wants; set by sink.c */
	AWAIT_ATOMIC(uint32_t) listened;
	volatile uint32_t events;  /* of all filters */
	volatile uint32_t changes; /* counts their changes */
	volatile struct trap_filter filters[TRAP_FILTERS + 1];
};
extern struct trap trap HIDDEN;
/* The events that only awaits with WATCH emit. */
#define TRAP_WATCH                                                             \
	(AWAIT_EVENT_BIT(AWAIT_EVENT_EXEC_BEGIN) |                             \
	 AWAIT_EVENT_BIT(AWAIT_EVENT_HIT))
#define TRAP_STATES 0xffu /* any */

/* The event for which a thread is in await_trap(). */
struct trap_event {
	const struct await *aw;
	const void *addr;
	uint32_t type;
	uint32_t state;
	int32_t error;
};

/* Whether a function may have the name that a filter wants. Compares from the
 * end: names of functions begin alike. */
static inline bool trap_may_name(const volatile char *wanted,
				 const struct await_func *func)
{
	uint32_t length = func->flags >> AWAIT_NAME_SHIFT;

	if (length == 0 || wanted[0] == '\0')
		return true;
	if (wanted[length] != '\0')
		return false;
	while (length > 0 && wanted[length - 1] == func->name[length - 1])
		length--;
	return length == 0;
}
/* Whether a filter wants any of these events of aw with any of these states;
 * both are bits. */
bool trap_wants(const struct await *aw, uint32_t events, uint32_t states);
/* Whether a filter may want it. Rules out most of what no filter wants; inline,
 * as each armed event pays for it. */
static inline bool trap_may_want(const struct await *aw, uint32_t events,
				 uint32_t states)
{
	const volatile struct trap_filter *f = trap.filters;

	for (uint32_t any; (any = f->events) != 0; f++) {
		uint64_t id;

		if (!(any & events) ||
		    (states != TRAP_STATES && !(f->states & states)))
			continue;
		id = f->id;
		if ((id == 0 || slot_has_id(aw, id)) &&
		    trap_may_name(f->name, aw->site->func))
			return true;
	}
	return false;
}
static inline bool trap_catches(const struct await *aw, uint32_t events,
				uint32_t states)
{
	return trap_may_want(aw, events, states) &&
	       trap_wants(aw, events, states);
}
/* Calls await_trap() for an event of aw; state is the state that the event
 * leads to. */
NOINLINE void trap_stop(enum await_event_type type, enum await_state state,
			const struct await *aw, const void *addr, int error);
static inline void trap_event(enum await_event_type type,
			      enum await_state state, const struct await *aw,
			      const void *addr, int error)
{
	if (trap_catches(aw, AWAIT_EVENT_BIT(type), 1u << state))
		trap_stop(type, state, aw, addr, error);
}
