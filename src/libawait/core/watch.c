/* SPDX-License-Identifier: MIT */
/* See watch.h. */
#include "libawait/core/watch.h"

#include "libawait/core/asymmetric_barrier.h"
#include "libawait/core/slab.h"
#include "libawait/core/trap.h"

/* The caller has frozen publishing. Relaxed, here and in unwatch(): a flag
 * orders nothing. */
static void watch(struct await *aw, void *unused)
{
	uint32_t word = atomic_load_explicit(&aw->state, memory_order_relaxed);

	(void)unused;
	while (state_of(word) != AWAIT_FREE && !(word & FLAG_WATCH))
		if (atomic_compare_exchange_weak_explicit(
			    &aw->state, &word, word | FLAG_WATCH,
			    memory_order_relaxed, memory_order_relaxed))
			break;
}

/* An await that is created, or whose outcome is published, while this walk
 * passes may stay watched: that only makes its hits slower. */
static void unwatch(struct await *aw, void *unused)
{
	uint32_t word = atomic_load_explicit(&aw->state, memory_order_relaxed);

	(void)unused;
	if (word & FLAG_WATCH)
		atomic_fetch_and_explicit(&aw->state, ~FLAG_WATCH,
					  memory_order_relaxed);
}

void watch_all(void)
{
	bool held = publish_freeze(NULL);

	slab_walk(watch, NULL);
	publish_thaw(held);
}

/* A debugger that stopped us in mid-walk may have set flags which the rest of
 * the walk clears. Then set WATCH everywhere: its filters cannot be evaluated
 * here, as other threads may be freeing the awaits. */
void unwatch_all(void)
{
	uint32_t changes;

	do {
		changes = trap.changes;
		if (trap.events & TRAP_WATCH)
			watch_all();
		else
			slab_walk(unwatch, NULL);
	} while (UNLIKELY(trap.changes != changes));
}
