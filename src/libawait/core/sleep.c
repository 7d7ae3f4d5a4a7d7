/* SPDX-License-Identifier: MIT */
/*
 * Sleeping until another thread's run is over or a promise is settled, and
 * refusing to sleep when that would be for ever.
 *
 * A sleeper sets WAITERS in the state word, so the runner knows to wake, and
 * sleeps on that word. It sleeps only while the word is what it saw: a run that
 * ends in between changes the word, and the kernel returns at once.
 *
 * Cycles: the edges "thread -> await it sleeps on -> thread that runs it" form
 * a graph, in which a thread that waits for any of several awaits has several
 * ways out (any.c). Edges are published, and withdrawn, under graph_lock;
 * whoever publishes one follows the ways out of it before sleeping, and if all
 * of them come back (cycle.c), takes the edge back and returns -EDEADLK. A
 * running thread cannot be in a cycle and a sleeping one cannot claim, so the
 * edge that closes a cycle is always a published one: exactly one thread of a
 * ring is refused. A sleeper also decides under graph_lock whether its wait is
 * over, so an edge that is found is never an outdated one.
 */
#define _GNU_SOURCE
#include "libawait/core/sleep.h"

#include "libawait/core/asymmetric_barrier.h"
#include "libawait/core/cycle.h"
#include "libawait/core/hooks.h"
#include "libawait/core/lock.h"
#include "libawait/core/publish.h"
#include "libawait/core/told.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

/* How often to look again before sleeping: a run that is about to end is not
 * worth two system calls. */
#define SPINS 64

static struct lock graph_lock = LOCK_INITIALIZER;

void sleep_lock(void)
{
	lock_take(&graph_lock);
}

void sleep_unlock(void)
{
	lock_release(&graph_lock);
}

static void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield");
#endif
}

static void publish_edges(struct thread *self, struct await *aw,
			  struct any *any)
{
	ASSERT_HELD(&graph_lock);
	/* Relaxed, both: guarded by graph_lock; atomic for debuggers' sake. */
	atomic_store_explicit(&await_any[self->index], any,
			      memory_order_relaxed);
	atomic_store_explicit(&self->blocked_on, aw, memory_order_relaxed);
}

/* Prints the cycle that was found under graph_lock, and releases the lock. */
COLD static void unlock_and_print(const struct thread *self, const void *addr)
{
	struct wait_cycle cycle;

	ASSERT_HELD(&graph_lock);
	cycle_collect(&cycle, self);
	lock_release(&graph_lock);
	core_hooks.cycle_refused(&cycle, addr);
}

int sleep_enter(struct thread *self, struct await *aw, struct any *any,
		const void *addr)
{
	bool cycle;

	lock_take(&graph_lock);
	self->blocked_addr = addr;
	publish_edges(self, aw, any);
	cycle = cycle_is_closed(self);
	if (cycle)
		publish_edges(self, NULL, NULL);
	if (cycle && is_armed(ARMED_CYCLES))
		unlock_and_print(self, addr);
	else
		lock_release(&graph_lock);
	return cycle ? -EDEADLK : 0;
}

void sleep_leave(struct thread *self)
{
	lock_take(&graph_lock);
	publish_edges(self, NULL, NULL);
	lock_release(&graph_lock);
}

/* Returns whether the wait is over. If it is, or with give_up, withdraws the
 * edge. */
static bool leave(struct thread *self, struct await *aw, uint32_t *word,
		  bool give_up)
{
	bool over;

	lock_take(&graph_lock);
	*word = load_state(aw);
	over = !must_sleep(aw, *word);
	if (over || give_up)
		publish_edges(self, NULL, NULL);
	lock_release(&graph_lock);
	return over;
}

/* False if there is nothing left to sleep for. */
static bool set_waiters(struct await *aw, uint32_t *word)
{
	return told_flag(aw, word) && must_sleep(aw, *word);
}

void sleep_event(enum await_event_type type, struct await *aw, uint32_t word,
		 const void *addr)
{
	struct await_event event = {
		.type = type,
		.state = state_of(word),
		.aw = aw,
		.addr = addr,
	};

	if (!sink_wants(type))
		return;
	if (state_of(word) == AWAIT_RUNNING)
		event.owner =
			atomic_load_explicit(&await_threads[owner_of(word)].tid,
					     memory_order_relaxed);
	sink_emit(&event);
}

/* Returns 0 or -ETIMEDOUT. The kernel takes the deadline as an absolute time
 * of CLOCK_MONOTONIC. */
static int sleep_until_over(struct thread *self, struct await *aw,
			    uint32_t *word, const struct timespec *deadline)
{
	bool late, over;

	told_sleeps(aw, 1);
	do {
		late = false;
		if (set_waiters(aw, word))
			late = syscall(SYS_futex, &aw->state,
				       FUTEX_WAIT_BITSET_PRIVATE, *word,
				       deadline, NULL,
				       FUTEX_BITSET_MATCH_ANY) != 0 &&
			       errno == ETIMEDOUT;
		over = leave(self, aw, word, late);
	} while (!over && !late);
	told_sleeps(aw, -1);
	return over ? 0 : -ETIMEDOUT;
}

int sleep_until_settled(struct await *aw, uint32_t *word,
			const struct timespec *deadline, const void *addr)
{
	struct thread *self = thread_self_;
	int rc;

	ASSERT(self && must_sleep(aw, *word));
	for (int i = 0; i < SPINS; i++) {
		if (owner_of(*word) == self->index)
			break;
		relax();
		*word = load_state(aw);
		if (!must_sleep(aw, *word))
			return 0;
	}
	if (sleep_enter(self, aw, NULL, addr) != 0) {
		sleep_event(AWAIT_EVENT_CYCLE, aw, *word, addr);
		return -EDEADLK;
	}
	sleep_event(AWAIT_EVENT_BLOCK_BEGIN, aw, *word, addr);
	if (is_armed(ARMED_PERTURB))
		core_hooks.sleeps();
	rc = sleep_until_over(self, aw, word, deadline);
	sleep_event(AWAIT_EVENT_BLOCK_END, aw, *word, addr);
	return rc;
}
