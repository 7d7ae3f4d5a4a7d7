/* SPDX-License-Identifier: MIT */
/*
 * The thread table. A thread gets an entry the first time it needs one (its
 * first wait that is not a hit, or its first slot) and gives it back when it
 * ends; the entry's index is what a RUNNING state word names as its owner.
 *
 * The table is a plain array in zeroed memory, so that debuggers can read it
 * and only entries that were used take memory. Entries are written by their
 * own thread; index and the free list are guarded by table_lock.
 */
#define _GNU_SOURCE
#include "libawait/core/thread.h"

#include "libawait/core/armed.h"
#include "libawait/core/fail_alloc.h"
#include "libawait/core/hooks.h"
#include "libawait/core/lock.h"

#include <pthread.h>
#include <unistd.h>

struct thread await_threads[THREADS_MAX];
/* Zeroed memory, which is taken up as threads come. */
static _Alignas(64) struct run first_runs[THREADS_MAX];
AWAIT_ATOMIC(struct any *) await_any[THREADS_MAX];
AWAIT_ATOMIC(uint32_t) await_thread_count = 1;
__thread struct thread *thread_self_ __attribute__((tls_model("initial-exec")));
__thread struct thread *thread_unchecked_
	__attribute__((tls_model("initial-exec")));

_Static_assert(sizeof(struct thread) == 64 && _Alignof(struct thread) == 64,
	       "one cache line a thread");

static struct lock table_lock = LOCK_INITIALIZER;
static uint32_t free_index; /* 0: none; chained through thread.reserved */
static pthread_key_t exit_key;
static pthread_once_t exit_once = PTHREAD_ONCE_INIT;
static bool exit_known;
static void (*at_exit)(void); /* written once, before the first exit */

void thread_lock(void)
{
	lock_take(&table_lock);
}

void thread_unlock(void)
{
	lock_release(&table_lock);
}

static void give_back(struct thread *self)
{
	thread_self_ = thread_unchecked_ = NULL;
	lock_take(&table_lock);
	/* Relaxed: it is only shown; whoever reads it may see either value. */
	atomic_store_explicit(&self->tid, 0, memory_order_relaxed);
	self->reserved = free_index;
	free_index = self->index;
	lock_release(&table_lock);
}

/* Runs as the thread ends. Should a later destructor use awaits again, the
 * thread registers again and this is called once more. */
static void thread_exit(void *self)
{
	if (at_exit)
		at_exit();
	give_back(self);
}

static void make_exit_key(void)
{
	exit_known = pthread_key_create(&exit_key, thread_exit) == 0;
}

/* Returns 0 when the table is full. */
static uint32_t take_index(void)
{
	uint32_t index = free_index, count;

	ASSERT_HELD(&table_lock);
	if (index != 0) {
		free_index = await_threads[index].reserved;
		return index;
	}
	/* Relaxed load: only written under table_lock. */
	count = atomic_load_explicit(&await_thread_count, memory_order_relaxed);
	if (count == THREADS_MAX)
		return 0;
	/* Release: a thread that reads the count finds the entries zeroed;
	 * partner: the acquire in wait_for_callbacks(). */
	atomic_store_explicit(&await_thread_count, count + 1,
			      memory_order_release);
	return count;
}

void thread_at_exit(void (*call)(void))
{
	ASSERT(!at_exit);
	at_exit = call;
}

COLD struct thread *thread_register(void)
{
	struct thread *self;
	uint32_t index;

	core_hooks.begin();
	pthread_once(&exit_once, make_exit_key);
	if (!exit_known)
		return NULL;
	lock_take(&table_lock);
	index = take_index();
	lock_release(&table_lock);
	if (index == 0)
		return NULL;
	self = &await_threads[index];
	self->index = index;
	self->running = AWAIT_RUNNING | index << OWNER_SHIFT;
	/* Relaxed: for debuggers only. */
	atomic_store_explicit(&self->tid, (uint32_t)gettid(),
			      memory_order_relaxed);
	self->first_run = &first_runs[index];
	thread_self_ = self;
	/* Without thread_exit() the entry would never be given back. */
	if (fail_alloc_now() || pthread_setspecific(exit_key, self) != 0) {
		give_back(self);
		return NULL;
	}
	if (!(armed_mask() & ARMED_CHECK))
		thread_unchecked_ = self;
	return self;
}

/* Relaxed: as below. */
static void forget_runs(struct thread *other)
{
	struct run *run =
		atomic_load_explicit(&other->run, memory_order_relaxed);

	for (; run; run = run->outer) {
		run->begin_ticks = 0;
		run->saved = NULL;
	}
	atomic_store_explicit(&other->run, NULL, memory_order_relaxed);
}

bool thread_forget_others(struct thread *self)
{
	/* Relaxed, all of it: no other thread is left. */
	uint32_t count =
		atomic_load_explicit(&await_thread_count, memory_order_relaxed);

	if (self)
		atomic_store_explicit(&self->tid, (uint32_t)gettid(),
				      memory_order_relaxed);
	free_index = 0;
	for (uint32_t i = 1; i < count; i++) {
		struct thread *other = &await_threads[i];

		if (other == self)
			continue;
		atomic_store_explicit(&other->tid, 0, memory_order_relaxed);
		forget_runs(other);
		atomic_store_explicit(&other->blocked_on, NULL,
				      memory_order_relaxed);
		atomic_store_explicit(&await_any[i], NULL,
				      memory_order_relaxed);
		atomic_store_explicit(&other->in_sink, 0, memory_order_relaxed);
		atomic_store_explicit(&other->publishing, 0,
				      memory_order_relaxed);
		other->index = i;
		other->reserved = free_index;
		free_index = i;
	}
	return count > (self ? 2 : 1);
}
