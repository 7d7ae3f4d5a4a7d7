/* SPDX-License-Identifier: MIT */
/* State dumps at the start of sessions: see statedump.c. */
#pragma once

#include <stdint.h>

/* Implements await_trace_statedump(): dumps now. Returns the number of
 * awaits. */
uint64_t await_lttng_statedump(void);

/* Call once, as the tracer starts. */
void statedump_begin(void);
/* Waits for a dump that is under way; there is none afterwards. */
void statedump_end(void);

/* No dump is under way in a child: call around fork(). */
void statedump_before_fork(void);
void statedump_after_fork(void);
void statedump_after_fork_in_child(void);
/* Waits for the dump of a child that LTTng knows. */
void statedump_wait_in_child(void);
