/* SPDX-License-Identifier: MIT */
/*
 * The two ends of RUNNING: an await is claimed by one thread, and the outcome
 * that this thread brings about is published.
 *
 *     PENDING or FAILED --claim_await()--> RUNNING, owned by one thread
 *     RUNNING --publish_outcome()--> RESOLVED, FAILED or CANCELLED
 *
 * A claim is one compare-and-swap, so exactly one thread has the slot to itself
 * until it publishes. Others may set flags meanwhile, which publishing keeps:
 * see asymmetric_barrier.c. Runs, promises and cancelling are claims alike.
 */
#pragma once

#include "common/assert.h"
#include "libawait/core/asymmetric_barrier.h"
#include "libawait/core/state.h"
#include "libawait/core/thread.h"

/* False: *word is what the state is now. */
bool claim_await(struct await *aw, uint32_t *word, const struct thread *self);
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

/* claim_await(), inlined where the word is known to be one that can be claimed.
 */
static inline bool claim_inlined(struct await *aw, uint32_t *word,
				 const struct thread *self)
{
	uint32_t running = self->running | (*word & FLAGS_MASK);

	if (thread_is_alone()) {
		/* Relaxed: there is nobody to order it for. */
		atomic_store_explicit(&aw->state, running,
				      memory_order_relaxed);
		return true;
	}
	/* Acquire: the arguments were written by the creator or a failed run;
	 * partner: await_core_publish() and publish_outcome(). On failure
	 * too: the state may have turned RESOLVED. */
	return atomic_compare_exchange_strong_explicit(
		&aw->state, word, running, memory_order_acquire,
		memory_order_acquire);
}

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
