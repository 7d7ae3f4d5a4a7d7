/* SPDX-License-Identifier: MIT */
/*
 * fork(): the child has copies of all awaits and one thread.
 *
 * Our locks are taken before the fork and given back after it, on both sides,
 * so the child finds lists that are whole. In the child, what other threads
 * were running will never end: those awaits are marked ORPHANED, and every wait
 * for them returns -ECHILD. What the forking thread itself is running goes on
 * in both processes. Who asked to be told of an outcome has asked the parent:
 * the child shares its eventfds.
 */
#define _GNU_SOURCE
#include "libawait/core/fork.h"

#include "libawait/core/asymmetric_barrier.h"
#include "libawait/core/name_table.h"
#include "libawait/core/sleep.h"
#include "libawait/core/sink.h"
#include "libawait/core/slab.h"
#include "libawait/core/static.h"
#include "libawait/core/thread.h"
#include "libawait/core/told.h"

#include <errno.h>
#include <pthread.h>
#include <unistd.h>

static void before(void)
{
	sink_lock();
	sleep_lock();
	told_lock();
	thread_lock();
	slab_lock();
	static_lock();
	name_table_lock();
}

static void after(void)
{
	name_table_unlock();
	static_unlock();
	slab_unlock();
	thread_unlock();
	told_unlock();
	sleep_unlock();
	sink_unlock();
}

/* Relaxed, here and below: the child has one thread. */
static void orphan(struct await *aw, void *self)
{
	uint32_t word = atomic_load_explicit(&aw->state, memory_order_relaxed);

	if (state_of(word) != AWAIT_RUNNING ||
	    (self && owner_of(word) == ((const struct thread *)self)->index))
		return;
	word = AWAIT_FAILED | FLAG_ORPHANED | (word & FLAG_WATCH);
	atomic_store_explicit(&aw->error, -ECHILD, memory_order_relaxed);
	atomic_store_explicit(&aw->state, word, memory_order_relaxed);
}

static void after_in_child(void)
{
	/* NULL if the forking thread never used awaits; any thread may fork,
	 * also those of libraries. */
	struct thread *self = thread_self_;

	after();
	barrier_after_fork();
	told_forget();
	if (thread_forget_others(self))
		slab_walk(orphan, self);
}

void fork_begin(void)
{
	pthread_atfork(before, after, after_in_child);
}
