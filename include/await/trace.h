/* SPDX-License-Identifier: MIT */
/*
 * <await/trace.h>: what a traced program may request of the tracer. Link
 * await-trace; docs/tracing.md lists what is recorded.
 */
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The version of the events, which statedump_begin carries. Minor versions add
 * events, and fields to them; a new major version means that a reader cannot
 * trust what it knows: it refuses the trace.
 */
#define AWAIT_TRACE_MAJOR 1
#define AWAIT_TRACE_MINOR 2

/* Beside enum await_origin, what traces call the origin of a lazy await that
 * was made for an AWAIT_STATIC. */
#define AWAIT_TRACE_STATIC 3

/*
 * Records a state dump: an event for each await that is alive, between a
 * statedump_begin and a statedump_end event. Sessions get one when they start,
 * by themselves; this is for more of them, as between phases of a program.
 *
 * Awaits that live throughout are in it once, in the state that they are in at
 * that moment; of those that come or go meanwhile any may be. Blocks until it
 * is recorded: some 0.3 us an await. Thread-safe; not for signal handlers.
 *
 * Returns how many awaits are in it; 0 too when no session records it.
 */
uint64_t await_trace_statedump(void);

#ifdef __cplusplus
}
#endif
