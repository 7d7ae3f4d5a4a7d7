/* SPDX-License-Identifier: MIT */
/*
 * Sinks, to which events are emitted. sink.c has the model.
 *
 * The functions below say whether there is anything to do for a set of bits,
 * which are those of event types and of debugging options (armed.h). They are
 * listed cheapest first. A sink requests its event types for good, but may have
 * switches; while these are off it wants no event.
 *
 *                             requested by a       and the sink
 *                            sink or option  debugger  has it on     loads
 *     armed_mask()                 x       or     x                  1
 *     requested_mask()             x                                 1
 *     any_sink_enabled()                                   x         2 a type
 *     sink_enabled()               x              and      x         3
 *     any_consumer_enabled()              x       or       x         3
 *     is_armed()          armed_mask(), and any_consumer_enabled()   4
 *
 * An option's bit needs no switch.
 */
#pragma once

#include "libawait/core/armed.h"
#include "libawait/core/trap.h"

#include <await/sink.h>

/* Arms bits for good. Only before main(). */
void sink_arm_always(uint32_t bits);

/*
 * The switches of all sinks that request one event type. If they exceed the
 * room here, or a debugging option is on, this is a switch that is always on.
 * There is room for two where tracers have two: the event's and its stack's.
 */
#define SINK_TWO                                                               \
	(AWAIT_EVENT_BIT(AWAIT_EVENT_CREATE) |                                 \
	 AWAIT_EVENT_BIT(AWAIT_EVENT_EXEC_BEGIN) |                             \
	 AWAIT_EVENT_BIT(AWAIT_EVENT_HIT))
struct sink_switch {
	AWAIT_ATOMIC(AWAIT_ATOMIC(int) *) on[2];
};
extern struct sink_switch HIDDEN sink_switches[AWAIT_EVENT_COUNT];

static inline int sink_switch_word(enum await_event_type type, int i)
{
	/* Relaxed, both: as armed_mask(). */
	return atomic_load_explicit(
		atomic_load_explicit(&sink_switches[type].on[i],
				     memory_order_relaxed),
		memory_order_relaxed);
}

static inline __attribute__((always_inline)) bool
is_type_enabled(uint32_t bits, enum await_event_type type)
{
	const bool two = SINK_TWO & AWAIT_EVENT_BIT(type);

	return bits & AWAIT_EVENT_BIT(type) &&
	       sink_switch_word(type, 0) |
		       (two ? sink_switch_word(type, 1) : 0);
}

/* Whether a sink wants one of the events in bits now. bits is a constant. */
static inline __attribute__((always_inline)) bool
any_sink_enabled(uint32_t bits)
{
	return is_type_enabled(bits, AWAIT_EVENT_CREATE) ||
	       is_type_enabled(bits, AWAIT_EVENT_EXEC_BEGIN) ||
	       is_type_enabled(bits, AWAIT_EVENT_EXEC_END) ||
	       is_type_enabled(bits, AWAIT_EVENT_HIT) ||
	       is_type_enabled(bits, AWAIT_EVENT_BLOCK_BEGIN) ||
	       is_type_enabled(bits, AWAIT_EVENT_BLOCK_END) ||
	       is_type_enabled(bits, AWAIT_EVENT_CYCLE) ||
	       is_type_enabled(bits, AWAIT_EVENT_DESTROY) ||
	       is_type_enabled(bits, AWAIT_EVENT_RESOLVE) ||
	       is_type_enabled(bits, AWAIT_EVENT_CANCEL) ||
	       is_type_enabled(bits, AWAIT_EVENT_WAIT_END) ||
	       is_type_enabled(bits, AWAIT_EVENT_NAME) ||
	       is_type_enabled(bits, AWAIT_EVENT_START);
}

/* The subset of bits that some sink or debugging option requests. Relaxed: as
 * armed_mask(). */
static inline uint32_t requested_mask(uint32_t bits)
{
	return atomic_load_explicit(&trap.listened, memory_order_relaxed) &
	       bits;
}

/* Whether one of bits is requested and, if there are events among them, a sink
 * wants one now; while an option is on, all switches are on. */
static inline bool sink_enabled(uint32_t bits)
{
	return requested_mask(bits) &&
	       (!(bits & AWAIT_EVENTS_ALL) || any_sink_enabled(bits));
}

/* Whether a sink or the debugger wants one of the events in bits now. */
static inline bool any_consumer_enabled(uint32_t bits)
{
	return any_sink_enabled(bits) || trap.events & bits;
}

/* Whether there is anything to do for bits. bits is a constant. */
static inline bool is_armed(uint32_t bits)
{
	return UNLIKELY(armed_mask() & bits) &&
	       (!(bits & AWAIT_EVENTS_ALL) || any_consumer_enabled(bits));
}

void sink_lock(void);
void sink_unlock(void);

/* Calls every sink that requests event->type, after setting the event's id,
 * site and parent. */
NOINLINE void sink_emit(struct await_event *event);
/* An event with what became of aw, or of a wait for it. */
static inline void sink_outcome(enum await_event_type type,
				enum await_state state, struct await *aw,
				int rc, const void *addr)
{
	struct await_event event = {
		.type = type,
		.state = state,
		.aw = aw,
		.addr = addr,
		.error = rc,
	};

	if (LIKELY(!(armed_mask() & AWAIT_EVENT_BIT(type))))
		return;
	trap_event(type, state, aw, addr, rc);
	if (sink_enabled(AWAIT_EVENT_BIT(type)))
		sink_emit(&event);
}
static inline bool sink_wants(enum await_event_type type)
{
	return is_armed(AWAIT_EVENT_BIT(type));
}
/* frame: see struct await_event. */
NOINLINE void sink_emit_simple(enum await_event_type type, struct await *aw,
			       const void *addr, const void *frame);
static inline void sink_event(enum await_event_type type, struct await *aw,
			      const void *addr, const void *frame)
{
	uint32_t bit = AWAIT_EVENT_BIT(type);

	if (UNLIKELY(armed_mask() & bit) &&
	    (sink_enabled(bit) || trap_catches(aw, bit, TRAP_STATES)))
		sink_emit_simple(type, aw, addr, frame);
}
