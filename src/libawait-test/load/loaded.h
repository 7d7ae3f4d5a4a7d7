/* SPDX-License-Identifier: MIT */
/* Between load.c and session.c: traces that LTTng recorded. */
#pragma once

#include "libawait-test/records/records.h"

/* Forgets what await_trace_error() of this thread says. */
void error_clear(void);

/*
 * Reads what happened to the awaits of a process since the tracer's clock
 * (CLOCK_MONOTONIC) had that value; 0: all. lost is that of all times. NULL:
 * await_trace_error() says why. One thread at a time.
 */
struct await_trace *load_since(const char *directory, int vpid, uint64_t since);

/* Held while LTTng or babeltrace2 are used: neither is for several threads. */
void tracing_lock(void);
void tracing_unlock(void);
