/* SPDX-License-Identifier: MIT */
/*
 * What somebody asks for beside running functions: one word that operations
 * look at once they are done, and that is 0 in a program that nobody watches.
 * Sinks, debugging options and a debugger set its bits (sink.c, trap.c).
 */
#pragma once

#include "libawait/core/compiler.h"

#include <await/core.h>
#include <await/sink.h>

/* Bits of await_armed beside the events' that debugging options set: what is
 * off the usual path anyway looks at them. */
#define ARMED_PERTURB (1u << 28) /* src/libawait/perturb */
#define ARMED_CYCLES (1u << 29)	 /* cycles are printed: cycle_report.c */
#define ARMED_ARGS (1u << 30)	 /* arguments are saved: saved_args.c */
#define ARMED_CHECK (1u << 31)	 /* handles are checked: check.c */

/* What has to be done about a run beside running it. */
#define ARMED_RUN                                                              \
	(AWAIT_EVENT_BIT(AWAIT_EVENT_EXEC_BEGIN) |                             \
	 AWAIT_EVENT_BIT(AWAIT_EVENT_EXEC_END) | ARMED_ARGS | ARMED_PERTURB)
/* What waits have to look at: while it is armed all awaits carry WATCH. */
#define ARMED_WATCH (AWAIT_EVENT_BIT(AWAIT_EVENT_HIT) | ARMED_RUN | ARMED_CHECK)

/* await_armed, but where programs have no copy of it: quicker to get at. */
extern AWAIT_ATOMIC(uint32_t) HIDDEN sink_armed_;
/* Relaxed: an event that races with arming may go either way; debugging
 * options are set before any await was made. */
static inline uint32_t armed_mask(void)
{
#ifdef AWAIT_SEAMLESS /* tests/size compares with it */
	return 0;
#else
	return atomic_load_explicit(&sink_armed_, memory_order_relaxed);
#endif
}
