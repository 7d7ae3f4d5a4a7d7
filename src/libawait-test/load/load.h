/* SPDX-License-Identifier: MIT */
/* Between load.c and session.c: traces that LTTng recorded. */
#pragma once

#include "common/trouble.h"
#include "libawait-test/records/records.h"

/* await_trace_error() of this thread: its first error since the last clear. */
void error_clear(void);
void error_set(const struct trouble *why);

/*
 * Reads what happened to the awaits of a process since the tracer's clock
 * (CLOCK_MONOTONIC) had that value; 0: all. lost counts those of all times. Or
 * NULL. One thread at a time.
 */
struct await_trace *load_since(const char *directory, int vpid, uint64_t since,
			       struct trouble *why);

/* Once, as the library begins (begin.c): a fork() finds the next lock free. */
void tracing_watch_forks(void);
/* Held while LTTng or babeltrace2 are used: neither is for several threads. */
void tracing_lock(void);
void tracing_unlock(void);
