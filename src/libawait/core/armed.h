/* SPDX-License-Identifier: MIT */
/*
 * What sinks, debugging options and a debugger want done besides running
 * functions: the bits of one word, await_armed. Operations look at it after
 * they have happened; in a program that nobody observes it is 0. sink.c and
 * trap.c say who sets its bits, and when threads see them.
 */
#pragma once

#include "libawait/core/compiler.h"

#include <await/core.h>
#include <await/sink.h>

/* Bits of await_armed that debugging options set, above those of the event
 * types. */
#define ARMED_PERTURB (1u << 28) /* src/libawait/perturb */
#define ARMED_CYCLES (1u << 29)	 /* cycles are printed: cycle_report.c */
#define ARMED_ARGS (1u << 30)	 /* arguments are saved: saved_args.c */
#define ARMED_CHECK (1u << 31)	 /* handles are checked: check.c */

/* Bits that make a run more than calling the function. */
#define ARMED_RUN                                                              \
	(AWAIT_EVENT_BIT(AWAIT_EVENT_EXEC_BEGIN) |                             \
	 AWAIT_EVENT_BIT(AWAIT_EVENT_EXEC_END) | ARMED_ARGS | ARMED_PERTURB)
/* Bits that waits must honour. While a sink or option has one of them armed,
 * every await carries WATCH. */
#define ARMED_WATCH (AWAIT_EVENT_BIT(AWAIT_EVENT_HIT) | ARMED_RUN | ARMED_CHECK)

/* The library's own copy of await_armed: being hidden, it is not read through
 * the GOT. */
extern AWAIT_ATOMIC(uint32_t) HIDDEN sink_armed_;
/* Relaxed: an event that races with arming may go either way; debugging options
 * are armed before any await is made. */
static inline uint32_t armed_mask(void)
{
#ifdef AWAIT_SEAMLESS /* tests/size compares with it */
	return 0;
#else
	return atomic_load_explicit(&sink_armed_, memory_order_relaxed);
#endif
}
