/* SPDX-License-Identifier: MIT */
/*
 * How RUNNING begins: one thread claims the await, by one compare-and-swap, and
 * has its slot to itself until it publishes an outcome (publish.h). A run, a
 * promise that is settled and a cancellation are claims alike.
 *
 *     PENDING or FAILED --claim_await()--> RUNNING, owned by one thread
 */
#pragma once

#include "libawait/core/state.h"
#include "libawait/core/thread.h"

/* False: *word is what the state is now. */
bool claim_await(struct await *aw, uint32_t *word, const struct thread *self);

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
