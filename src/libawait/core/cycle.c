/* SPDX-License-Identifier: MIT */
/*
 * See cycle.h. A thread that sleeps has an edge to each await that it sleeps
 * on, usually one, and so to the thread that runs it. It goes on as soon as one
 * of these awaits has an outcome; so it would sleep for ever if every thread
 * that it reaches sleeps, too, and each await on the way is being run by one of
 * them. It reaches itself then: the others could go on until now.
 */
#include "libawait/core/cycle.h"

#include "common/assert.h"
#include "libawait/core/told.h"

/* How each thread was reached by the search with this number. */
static struct visit {
	uint64_t search;
	struct await *on; /* the await that it runs */
	uint32_t from;	  /* the thread that sleeps on that */
	uint32_t next;	  /* in the list of threads to go on from */
} visits[THREADS_MAX];
static struct visit back; /* how the last search came back to its thread */
static uint64_t search;

/* Follows the edge from thread to aw. False if that need not be waited for for
 * ever. */
static bool follow(const struct thread *self, uint32_t thread, struct await *aw,
		   uint32_t *list)
{
	/* Acquire: a run that is seen to be over is followed no further;
	 * partner: the release in publish_outcome(). */
	uint32_t word = atomic_load_explicit(&aw->state, memory_order_acquire);
	struct visit *visit = &visits[owner_of(word) % THREADS_MAX];

	/* A promise also ends the way: anybody may settle it. */
	if (state_of(word) != AWAIT_RUNNING)
		return false;
	if (owner_of(word) == self->index) {
		back = (struct visit){ search, aw, thread, 0 };
		return true;
	}
	if (visit->search == search)
		return true;
	*visit = (struct visit){ search, aw, thread, *list };
	*list = owner_of(word);
	return true;
}

/* Follows all edges of a thread. */
static bool follow_all(const struct thread *self, uint32_t thread,
		       uint32_t *list)
{
	/* Relaxed, all but done: guarded by graph_lock. */
	struct await *aw = atomic_load_explicit(
		&await_threads[thread].blocked_on, memory_order_relaxed);
	struct any *any =
		atomic_load_explicit(&await_any[thread], memory_order_relaxed);

	if (!any)
		return aw && follow(self, thread, aw, list);
	for (uint32_t i = 0; i < any->count; i++)
		/* Acquire: an outcome that was told is seen before another run
		 * of that await; partner: wake_thread() in tell.c. */
		if (atomic_load_explicit(&any->entries[i].done,
					 memory_order_acquire) ||
		    !follow(self, thread, any->entries[i].aw, list))
			return false;
	return true;
}

bool cycle_is_closed(const struct thread *self)
{
	uint32_t list = 0, thread = self->index;

	search++;
	do {
		if (!follow_all(self, thread, &list))
			return false;
		thread = list;
		list = visits[thread].next;
	} while (thread != 0); /* which ends the list: no thread has it */
	return true;
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

/* The step that is so many before the last. */
static struct visit step_before(uint32_t steps)
{
	struct visit step = back;

	for (; steps > 0; steps--)
		step = visits[step.from];
	return step;
}

void cycle_collect(struct wait_cycle *cycle, const struct thread *self)
{
	uint32_t before = 0, word;
	struct visit step;

	ASSERT(back.search == search);
	cycle->length = 0;
	cycle->more = false;
	while (step_before(before).from != self->index)
		before++;
	do {
		step = step_before(before);
		/* Relaxed: follow() has read it with acquire. */
		word = atomic_load_explicit(&step.on->state,
					    memory_order_relaxed);
		add_runs(cycle, &await_threads[owner_of(word)], step.on);
	} while (before-- > 0 && !cycle->more);
}
