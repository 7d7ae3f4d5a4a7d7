/* SPDX-License-Identifier: MIT */
/*
 * Order between a frequent side and a rare one. The frequent side has only a
 * compiler fence between its store and its load; the rare side calls
 * membarrier() between its own two, which is a full barrier on every thread of
 * the process. So at least one of the two sees what the other has stored, as if
 * both had executed a full barrier.
 *
 * Publishing an outcome is such a frequent side. The thread that runs an await
 * is the only one that changes the state in its word, so a load and a store
 * would do if others did not set flags there. A thread that sets a flag in the
 * word of an await that another thread runs freezes publishing while it does
 * so:
 *
 *     publish() in publish.h        publish_freeze(), then publish_thaw()
 *     publishing = 1                freezers + 1
 *     (compiler fence)              membarrier()
 *     freezers > 0: addition        until publishing == 0: wait
 *     freezers == 0: load, store    set the flag by compare-and-swap
 *     publishing = 0                freezers - 1
 *
 * So a flag is set either before the load or after the store, and additions
 * keep it meanwhile. Where the kernel refuses membarrier(), as some sandboxes
 * do, publish_freezers stays above 0 and nobody waits.
 */
#define _GNU_SOURCE
#include "libawait/core/asymmetric_barrier.h"

#include <errno.h>
#include <linux/membarrier.h>
#include <sched.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

AWAIT_ATOMIC(uint32_t) publish_freezers = 1;
static AWAIT_ATOMIC(bool) usable; /* relaxed: publish_freezers is what counts */

static int membarrier(int command)
{
	return (int)syscall(SYS_membarrier, command, 0, 0);
}

int barrier_heavy(void)
{
	/* barrier_begin() has registered the process; in a forked child that
	 * holds only if the kernel lets it be inherited. */
	if (thread_is_alone() ||
	    membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED) == 0)
		return 0;
	if (membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) != 0 ||
	    membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED) != 0)
		return -ENOSYS;
	return 0;
}

/* Publishing takes a few instructions, unless the thread is preempted among
 * them. Sleeping lets it run even if this one has a higher priority. */
static void wait_until_published(const struct thread *thread)
{
	const struct timespec step = { .tv_nsec = 50000 };

	/* Acquire: what it published is seen; partner: publish(). */
	for (int i = 0;
	     atomic_load_explicit(&((struct thread *)thread)->publishing,
				  memory_order_acquire) != 0;
	     i++)
		if (i < 100)
			sched_yield();
		else
			nanosleep(&step, NULL);
}

static void wait_for_publishers(const struct thread *owner)
{
	const struct thread *self = thread_self_;
	uint32_t count;

	if (owner) {
		wait_until_published(owner);
		return;
	}
	/* Acquire: entries below the count are zeroed; partner:
	 * take_index(). */
	count = atomic_load_explicit(&await_thread_count, memory_order_acquire);
	for (uint32_t i = 1; i < count; i++)
		if (&await_threads[i] != self)
			wait_until_published(&await_threads[i]);
}

bool publish_freeze(const struct thread *owner)
{
	/* Longer than any processor keeps a store to itself. */
	const struct timespec long_enough = { .tv_nsec = 10000000 };
	bool done;

	if (!atomic_load_explicit(&usable, memory_order_relaxed) ||
	    thread_is_alone() || (owner && owner == thread_self_))
		return false;
	/* Relaxed: ordered by the barrier. */
	atomic_fetch_add_explicit(&publish_freezers, 1, memory_order_relaxed);
	done = barrier_heavy() == 0;
	if (!done) {
		/* A sandbox has forbidden it since: publishing stays frozen for
		 * good. */
		atomic_store_explicit(&usable, false, memory_order_relaxed);
		nanosleep(&long_enough, NULL);
	}
	wait_for_publishers(owner);
	return done;
}

void publish_thaw(bool held)
{
	/* Release: the flag is set first; partner: publish(). */
	if (held)
		atomic_fetch_sub_explicit(&publish_freezers, 1,
					  memory_order_release);
}

void barrier_after_fork(void)
{
	/* Relaxed: the child has one thread. */
	atomic_store_explicit(
		&publish_freezers,
		!atomic_load_explicit(&usable, memory_order_relaxed),
		memory_order_relaxed);
}

void barrier_begin(void)
{
	if (membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) != 0)
		return;
	atomic_store_explicit(&usable, true, memory_order_relaxed);
	/* Relaxed: until this is seen, publishing costs an addition. */
	atomic_fetch_sub_explicit(&publish_freezers, 1, memory_order_relaxed);
}
