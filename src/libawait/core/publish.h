/* SPDX-License-Identifier: MIT */
/*
 * How RUNNING ends: the thread that has claimed the await publishes the
 * outcome.
 *
 *     RUNNING --publish_outcome()--> RESOLVED, FAILED or CANCELLED
 *
 * Other threads may set flags in the word meanwhile; publishing keeps them, and
 * they say what is left to do afterwards. asymmetric_barrier.c says how that
 * works without an atomic addition.
 */
#pragma once

#include "common/assert.h"
#include "libawait/core/asymmetric_barrier.h"
#include "libawait/core/state.h"
#include "libawait/core/thread.h"

/* Stores the error of a failure, before its outcome is published. Does nothing
 * if rc is 0. */
void store_error(struct await *aw, int rc);
/* Publishes the outcome of aw, which self has claimed. True if the last
 * reference was dropped meanwhile: then the await has been ended. */
bool publish_outcome(struct await *aw, struct thread *self,
		     enum await_state outcome, const void *addr);
/* Flags that require something of the thread that has published the outcome:
 * wake_or_end(). */
#define FLAGS_DISTURBED (FLAG_WAITERS | FLAG_DOOMED | FLAG_STOP)
/* Does what the flags in word require: wakes sleepers and tells those who asked
 * for it, and ends the await if it is doomed. True if it ended it. */
bool wake_or_end(struct await *aw, uint32_t word, const void *addr);

/* The state word of aw, which may be running. Acquire: the run may be over and
 * its value read next; partner: the release in publish_outcome(). */
static inline uint32_t load_state(struct await *aw)
{
	return atomic_load_explicit(&aw->state, memory_order_acquire);
}

/* --- inlined into first waits --- */

/* Fast variant, for when no other thread can set flags. Release, here and in
 * the addition below: value and error are written before the outcome; partner:
 * await_core_hit() and every acquire of state. Acquire: if the last reference
 * is gone, what its holder did comes before the destructors; partner:
 * end_or_doom(). */
static inline uint32_t publish_undisturbed(struct await *aw,
					   const struct thread *self,
					   enum await_state outcome)
{
	uint32_t flags =
		atomic_load_explicit(&aw->state, memory_order_acquire) -
		self->running;

	atomic_store_explicit(&aw->state, outcome + flags,
			      memory_order_release);
	return flags;
}

/* General variant: flags that other threads set meanwhile must not be lost. See
 * asymmetric_barrier.c. */
static inline uint32_t publish_among_others(struct await *aw,
					    struct thread *self,
					    enum await_state outcome)
{
	uint32_t flags;

	/* Relaxed, and a compiler fence before the load below: the processor's
	 * barrier is the membarrier() of publish_freeze(). */
	atomic_store_explicit(&self->publishing, 1, memory_order_relaxed);
	atomic_signal_fence(memory_order_seq_cst);
	/* Acquire: a flag that was set while publishing was frozen is seen;
	 * partner: publish_thaw(). */
	if (UNLIKELY(atomic_load_explicit(&publish_freezers,
					  memory_order_acquire) != 0))
		flags = atomic_fetch_add_explicit(&aw->state,
						  outcome - self->running,
						  memory_order_acq_rel) -
			self->running;
	else
		flags = publish_undisturbed(aw, self, outcome);
	/* Release: the outcome is published first; partner:
	 * wait_until_published(). */
	atomic_store_explicit(&self->publishing, 0, memory_order_release);
	return flags;
}

/* Publishes the outcome, and returns the flags that were set. */
static inline uint32_t publish(struct await *aw, struct thread *self,
			       enum await_state outcome)
{
	/* Relaxed: this thread wrote the state and the owner; others only set
	 * flags. */
	ASSERT((atomic_load_explicit(&aw->state, memory_order_relaxed) &
		~FLAGS_MASK) == self->running);
	return thread_is_alone() ? publish_undisturbed(aw, self, outcome) :
				   publish_among_others(aw, self, outcome);
}
