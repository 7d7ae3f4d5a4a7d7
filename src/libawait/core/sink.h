/* SPDX-License-Identifier: MIT */
/*
 * Sinks, which events are emitted to. sink.c has the model.
 *
 * An event has a consumer when a sink or the debugger asks for its type. A sink
 * may have switches: it asks for the type for good, and has a use for its
 * events only while a switch is on. So there are four questions, cheapest
 * first; each takes bits of event types, and of what options ask for:
 *
 *                            asked for by    and a switch
 *                         sink    debugger      is on        costs
 *     sink_bits()          x         x                       a load
 *     sink_asked()         x                                 a load
 *     sink_listens()       x                      x          two more
 *     sink_switched_on()   x         x        x (or debugger)
 *     sink_armed()        sink_bits() and sink_switched_on()
 */
#pragma once

#include "libawait/core/armed.h"
#include "libawait/core/trap.h"

#include <await/sink.h>

/* Sets bits for good. Before main() only. */
void sink_arm_always(uint32_t bits);

/*
 * The switches of all sinks that listen to a type of event, or one that is
 * always on: if there are more of them, and with debugging options. Some types
 * have room for two, which tracers have for those with stacks.
 */
#define SINK_TWO                                                               \
	(AWAIT_EVENT_BIT(AWAIT_EVENT_CREATE) |                                 \
	 AWAIT_EVENT_BIT(AWAIT_EVENT_EXEC_BEGIN) |                             \
	 AWAIT_EVENT_BIT(AWAIT_EVENT_HIT))
struct sink_switch {
	AWAIT_ATOMIC(AWAIT_ATOMIC(int) *) on[2];
};
extern struct sink_switch HIDDEN sink_switches[AWAIT_EVENT_COUNT];

static inline int sink_switch(enum await_event_type type, int i)
{
	/* Relaxed, both: as sink_bits(). */
	return atomic_load_explicit(
		atomic_load_explicit(&sink_switches[type].on[i],
				     memory_order_relaxed),
		memory_order_relaxed);
}

/* Whether any switch is on, of the events among bits, which is a constant. */
static inline __attribute__((always_inline)) bool sink_any_switch(uint32_t bits)
{
#define ON(type)                                                               \
	(bits & AWAIT_EVENT_BIT(type) &&                                       \
	 sink_switch(type, 0) |                                                \
		 (SINK_TWO & AWAIT_EVENT_BIT(type) ? sink_switch(type, 1) :    \
						     0))
	return ON(AWAIT_EVENT_CREATE) || ON(AWAIT_EVENT_EXEC_BEGIN) ||
	       ON(AWAIT_EVENT_EXEC_END) || ON(AWAIT_EVENT_HIT) ||
	       ON(AWAIT_EVENT_BLOCK_BEGIN) || ON(AWAIT_EVENT_BLOCK_END) ||
	       ON(AWAIT_EVENT_CYCLE) || ON(AWAIT_EVENT_DESTROY) ||
	       ON(AWAIT_EVENT_RESOLVE) || ON(AWAIT_EVENT_CANCEL);
#undef ON
}

/* What of bits sinks or options ask for. Relaxed: as
 * sink_bits(). */
static inline uint32_t sink_asked(uint32_t bits)
{
	return atomic_load_explicit(&trap.listened, memory_order_relaxed) &
	       bits;
}

/* And have a use for it now. */
static inline bool sink_listens(uint32_t bits)
{
	return sink_asked(bits) &&
	       (!(bits & AWAIT_EVENTS_ALL) || sink_any_switch(bits));
}

/* Whether anybody has a use for the events among bits: a debugger, too. */
static inline bool sink_switched_on(uint32_t bits)
{
	return sink_any_switch(bits) || trap.events & bits;
}

/* Whether there is anything to do about what bits stand for, a constant. */
static inline bool sink_armed(uint32_t bits)
{
	return UNLIKELY(sink_bits() & bits) &&
	       (!(bits & AWAIT_EVENTS_ALL) || sink_switched_on(bits));
}

void sink_lock(void);
void sink_unlock(void);

/* Tells every sink that wants event->type; sets its id, site and parent. */
NOINLINE void sink_announce(struct await_event *event);
static inline bool sink_wants(enum await_event_type type)
{
	return sink_armed(AWAIT_EVENT_BIT(type));
}
/* frame: see struct await_event. */
NOINLINE void sink_tell(enum await_event_type type, struct await *aw,
			const void *addr, const void *frame);
static inline void sink_event(enum await_event_type type, struct await *aw,
			      const void *addr, const void *frame)
{
	uint32_t bit = AWAIT_EVENT_BIT(type);

	if (UNLIKELY(sink_bits() & bit) &&
	    (sink_listens(bit) || trap_catches(aw, bit, TRAP_STATES)))
		sink_tell(type, aw, addr, frame);
}
