/* SPDX-License-Identifier: MIT */
/*
 * A barrier between a frequent side, which pays only for a compiler fence, and
 * a rare side, which executes the processor's barrier for both.
 * asymmetric_barrier.c says how.
 */
#pragma once

#include "libawait/core/thread.h"

/* Call once, before the first await is made. */
void barrier_begin(void);
/* Executes a full barrier on every thread of this process. Returns 0 or
 * -ENOSYS. */
int barrier_heavy(void);
/* Freezes publishing. Until publish_thaw(), which takes what this returned,
 * flags may be set in the state words of awaits that owner runs; if owner is
 * NULL, that any thread runs. */
COLD bool publish_freeze(const struct thread *owner);
static inline bool publish_freeze_owner(uint32_t word)
{
	return state_of(word) == AWAIT_RUNNING &&
	       publish_freeze(&await_threads[owner_of(word)]);
}
void publish_thaw(bool held);
void barrier_after_fork(void);

extern AWAIT_ATOMIC(uint32_t) publish_freezers HIDDEN;
