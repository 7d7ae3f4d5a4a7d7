/* SPDX-License-Identifier: MIT */
/*
 * A mutex that knows who holds it where assertions are compiled in, so that
 * "holds graph_lock" is code: ASSERT_HELD(&graph_lock).
 *
 * Locks nest in this order; fork.c takes all of them in it:
 *
 *     sinks_lock (sink.c) > graph_lock (sleep.c) > told_lock (told.c)
 *     > table_lock (thread.c) > depot_lock (slab.c)
 *     > statics_lock (static.c) > names_lock (name_table.c)
 */
#pragma once

#include "common/assert.h"

#include <await/core.h>

#include <pthread.h>
#include <stdbool.h>

struct lock {
	pthread_mutex_t mutex;
#ifdef AWAIT_ASSERTS
	/* pthread_self() of the holder, or 0. Relaxed: a thread only compares
	 * it with its own, which nobody else can have stored. */
	AWAIT_ATOMIC(uintptr_t) holder;
#endif
};

#define LOCK_INITIALIZER                                                       \
	{                                                                      \
		.mutex = PTHREAD_MUTEX_INITIALIZER                             \
	}

static inline void lock_set_holder(struct lock *lock, uintptr_t holder)
{
#ifdef AWAIT_ASSERTS
	atomic_store_explicit(&lock->holder, holder, memory_order_relaxed);
#else
	(void)lock, (void)holder;
#endif
}

#ifdef AWAIT_ASSERTS
static inline bool lock_is_held(struct lock *lock)
{
	return atomic_load_explicit(&lock->holder, memory_order_relaxed) ==
	       (uintptr_t)pthread_self();
}
#define ASSERT_HELD(lock) ASSERT(lock_is_held(lock))
#else
#define ASSERT_HELD(lock) ((void)sizeof(lock))
#endif

static inline void lock_take(struct lock *lock)
{
	pthread_mutex_lock(&lock->mutex);
	lock_set_holder(lock, (uintptr_t)pthread_self());
}

/* Also called in a forked child, whose only thread is a copy of the holder. */
static inline void lock_release(struct lock *lock)
{
	ASSERT_HELD(lock);
	lock_set_holder(lock, 0);
	pthread_mutex_unlock(&lock->mutex);
}
