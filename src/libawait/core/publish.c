/* SPDX-License-Identifier: MIT */
/* See publish.h. */
#include "libawait/core/publish.h"

#include "libawait/core/object.h"
#include "libawait/core/told.h"

/* The run that was asked to stop is over. */
static void forget_stop(struct await *aw)
{
	uint32_t word = atomic_load_explicit(&aw->state, memory_order_relaxed);

	/* Relaxed, both: clearing the flag orders nothing; it lets hits be one
	 * comparison again. By now there may be another run, of this await or
	 * of one that is in its slot: what that was asked for stays. */
	while (word & FLAG_STOP && state_of(word) != AWAIT_RUNNING)
		if (atomic_compare_exchange_weak_explicit(
			    &aw->state, &word, word & ~FLAG_STOP,
			    memory_order_relaxed, memory_order_relaxed))
			break;
}

bool wake_or_end(struct await *aw, uint32_t word, const void *addr)
{
	if (word & FLAG_STOP)
		forget_stop(aw);
	if (word & FLAG_WAITERS)
		told_outcome(aw);
	if (word & FLAG_DOOMED)
		object_end(aw, addr);
	return word & FLAG_DOOMED;
}

bool publish_outcome(struct await *aw, struct thread *self,
		     enum await_state outcome, const void *addr)
{
	return wake_or_end(aw, publish(aw, self, outcome), addr);
}

void store_error(struct await *aw, int rc)
{
	/* Relaxed: ordered by the release in publish_outcome(). */
	if (rc != 0)
		atomic_store_explicit(&aw->error, rc, memory_order_relaxed);
}
