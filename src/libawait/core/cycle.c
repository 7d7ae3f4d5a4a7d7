/* SPDX-License-Identifier: MIT */
/*
 * See cycle.h. The edges "thread -> await it sleeps on -> thread that runs it"
 * form a graph in which every thread has one way out, so a cycle is found by
 * following that way. On a cycle follow one another: an await, those that its
 * thread runs inside it, the await that the innermost of these waits for, and
 * so on.
 */
#include "libawait/core/cycle.h"

/* Acquire: a run that is seen to be over is followed no further; partner: the
 * release in publish_outcome(). */
bool cycle_is_closed(const struct thread *self, struct await *aw)
{
	for (uint32_t hops = 0; aw && hops < THREADS_MAX; hops++) {
		uint32_t word =
			atomic_load_explicit(&aw->state, memory_order_acquire);

		/* A promise also ends the way: anybody may settle it. */
		if (state_of(word) != AWAIT_RUNNING)
			return false;
		if (owner_of(word) == self->index)
			return true;
		aw = atomic_load_explicit(
			&await_threads[owner_of(word)].blocked_on,
			memory_order_relaxed);
	}
	return false;
}

/* Adds aw, then the awaits that its thread runs inside aw's run, outermost
 * first. */
static void add_runs(struct wait_cycle *cycle, const struct thread *thread,
		     const struct await *aw)
{
	/* Relaxed: the thread sleeps, and wrote it before it took graph_lock;
	 * or it is this one. */
	const struct run *run =
		atomic_load_explicit(&thread->run, memory_order_relaxed);
	uint32_t first = cycle->length;

	for (; run; run = run->outer) {
		if (!run->aw)
			continue;
		if (cycle->length == CYCLE_MAX) {
			cycle->more = true;
			return;
		}
		cycle->awaits[cycle->length++] = run->aw;
		if (run->aw == aw)
			break;
	}
	for (uint32_t last = cycle->length; first + 1 < last; first++, last--) {
		const struct await *swapped = cycle->awaits[first];

		cycle->awaits[first] = cycle->awaits[last - 1];
		cycle->awaits[last - 1] = swapped;
	}
}

void cycle_collect(struct wait_cycle *cycle, const struct thread *self,
		   const struct await *aw)
{
	const struct thread *thread;
	uint32_t word;

	cycle->length = 0;
	cycle->more = false;
	do {
		/* Relaxed: cycle_is_closed() has read it with acquire. */
		word = atomic_load_explicit(&((struct await *)aw)->state,
					    memory_order_relaxed);
		thread = &await_threads[owner_of(word)];
		add_runs(cycle, thread, aw);
		/* Relaxed: guarded by graph_lock. */
		aw = atomic_load_explicit(
			&((struct thread *)thread)->blocked_on,
			memory_order_relaxed);
	} while (thread != self && !cycle->more);
}
