/* SPDX-License-Identifier: MIT */
/* Keeps forked children traced, and tells of those that cannot be: see fork.c.
 */
#pragma once

#include <await/core.h>

#include <stdbool.h>
#include <stdint.h>

struct fork_marks {
	AWAIT_ATOMIC(uint32_t) followed; /* LTTng knows this process */
	AWAIT_ATOMIC(uint32_t) told;	 /* if not, the trace knows it */
};

/* 0 in each process that has a copy of its parent's memory. */
extern struct fork_marks *fork_marks __attribute__((visibility("hidden")));

/* Call once, as the tracer starts, before anything else in it. */
void follow_forks(void);

/* LTTng has come to know this process. */
void fork_is_known(void);

/* Whether this process may record: it is not a copy of another one of which
 * LTTng does not know. Relaxed: it is set before the process can record, and
 * cleared by the kernel in a copy of it only. */
static inline bool fork_is_followed(void)
{
	return atomic_load_explicit(&fork_marks->followed,
				    memory_order_relaxed);
}

/* Instead of an event of a process that is not followed. */
void fork_tell(void);
