/* SPDX-License-Identifier: MIT */
/*
 * How RUNNING ends: the thread that has claimed the await publishes the
 * outcome.
 *
 *     RUNNING --publish_outcome()--> RESOLVED, FAILED or CANCELLED
 *
 * Other threads may set flags in the word meanwhile; they stay, and say what is
 * left to do afterwards. asymmetric_barrier.c says how that comes without an
 * atomic addition.
 */
#pragma once

#include "common/assert.h"
#include "libawait/core/asymmetric_barrier.h"
#include "libawait/core/state.h"
#include "libawait/core/thread.h"

/* Before the outcome of a failure is published. */
void store_error(struct await *aw, int rc);
/* Publishes the outcome of what self has claimed. True when the last reference
 * had gone meanwhile: then the await has ended. */
bool publish_outcome(struct await *aw, struct thread *self,
		     enum await_state outcome, const void *addr);
/* What the flags in word leave to the thread that published the outcome: to
 * wake sleepers, and to end the await; true if it did. */
bool wake_or_end(struct await *aw, uint32_t word, const void *addr);

/* --- inlined into first waits --- */

/* Fast variant, for when no other thread can set flags. Release, here and in
 * the addition below: value and error before the outcome; partner:
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

/* Flags set meanwhile must stay: see asymmetric_barrier.c. */
static inline uint32_t publish_among_others(struct await *aw,
					    struct thread *self,
					    enum await_state outcome)
{
	uint32_t flags;

	/* Relaxed, and the compiler's fence: the processor's part is the
	 * membarrier() of publish_freeze(). */
	atomic_store_explicit(&self->publishing, 1, memory_order_relaxed);
	atomic_signal_fence(memory_order_seq_cst);
	/* Acquire: a flag that was set while held is seen; partner:
	 * publish_thaw(). */
	if (UNLIKELY(atomic_load_explicit(&publish_freezers,
					  memory_order_acquire) != 0))
		flags = atomic_fetch_add_explicit(&aw->state,
						  outcome - self->running,
						  memory_order_acq_rel) -
			self->running;
	else
		flags = publish_undisturbed(aw, self, outcome);
	/* Release: it is published; partner: wait_until_published(). */
	atomic_store_explicit(&self->publishing, 0, memory_order_release);
	return flags;
}

/* Publishes the outcome, and returns the flags that were set. */
static inline uint32_t publish(struct await *aw, struct thread *self,
			       enum await_state outcome)
{
	/* Relaxed: this thread wrote the owner; flags may come. */
	ASSERT((atomic_load_explicit(&aw->state, memory_order_relaxed) &
		~FLAGS_MASK) == self->running);
	return thread_is_alone() ? publish_undisturbed(aw, self, outcome) :
				   publish_among_others(aw, self, outcome);
}
