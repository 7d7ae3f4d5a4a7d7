/* SPDX-License-Identifier: MIT */
/* See publish.h. */
#include "libawait/core/publish.h"

#include "libawait/core/object.h"
#include "libawait/core/sleep.h"

bool wake_or_end(struct await *aw, uint32_t word, const void *addr)
{
	if (word & FLAG_WAITERS)
		wake_sleepers(aw);
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
