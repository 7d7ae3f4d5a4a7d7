/* SPDX-License-Identifier: MIT */
/*
 * How RUNNING begins: one thread claims the await, by one compare-and-swap, and
 * has its slot to itself until it publishes an outcome (publish.h). Running,
 * settling a promise and cancelling all begin with a claim.
 *
 *     PENDING or FAILED --claim_await()--> RUNNING, owned by one thread
 */
#pragma once

#include "libawait/core/state.h"
#include "libawait/core/thread.h"

/* Claims aw, whose state word is *word, for self. False if the word has
 * changed: then *word is the new one. */
bool claim_await(struct await *aw, uint32_t *word, const struct thread *self);

/* Whether the failure of aw, whose state word is word, is final: no wait runs
 * it again. */
static inline bool failure_is_final(const struct await *aw, uint32_t word)
{
	const struct await_func *func = aw->site->func;

	return !func->run || func->flags & AWAIT_STICKY || word & FLAG_ORPHANED;
}

/* --- inlined into first waits --- */

/* claim_await(), inlined. The state in *word must be one that can be
 * claimed. */
static inline bool claim_inlined(struct await *aw, uint32_t *word,
				 const struct thread *self)
{
	/* What another run was asked for does not concern this one. */
	uint32_t running = self->running | (*word & FLAGS_MASK & ~FLAG_STOP);

	if (thread_is_alone()) {
		/* Relaxed: there is no other thread. */
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
