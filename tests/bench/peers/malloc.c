/* SPDX-License-Identifier: MIT */
/*
 * What one would write first, with libawait's contract: malloc() per value,
 * counted, shared by threads, a wait that claims by compare-and-swap and
 * yields while another thread runs. Not enumerable; with LISTED it is: every
 * value is on a list, under a mutex.
 */
#define _GNU_SOURCE
#include "work.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

enum { PENDING, RUNNING, RESOLVED };

struct lazy {
	_Atomic unsigned state;
	_Atomic unsigned refs;
	int (*function)(int);
	int x, value;
#ifdef LISTED
	struct lazy *next, *previous;
#endif
};

typedef struct lazy *handle;

#define HAS_NOWAIT

#ifdef LISTED
#define HAS_ENUMERATE

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct lazy list = { .next = &list, .previous = &list };

static void enlist(handle lazy)
{
	pthread_mutex_lock(&lock);
	lazy->next = list.next;
	lazy->previous = &list;
	list.next->previous = lazy;
	list.next = lazy;
	pthread_mutex_unlock(&lock);
}

static void delist(handle lazy)
{
	pthread_mutex_lock(&lock);
	lazy->next->previous = lazy->previous;
	lazy->previous->next = lazy->next;
	pthread_mutex_unlock(&lock);
}

static size_t enumerate(void)
{
	size_t pending = 0;

	pthread_mutex_lock(&lock);
	for (handle lazy = list.next; lazy != &list; lazy = lazy->next)
		/* Relaxed: a look. */
		pending +=
			atomic_load_explicit(&lazy->state,
					     memory_order_relaxed) == PENDING;
	pthread_mutex_unlock(&lock);
	return pending;
}
#else
static void enlist(handle lazy)
{
	(void)lazy;
}

static void delist(handle lazy)
{
	(void)lazy;
}
#endif

static inline handle allocate(int x, unsigned state)
{
	handle lazy = malloc(sizeof(*lazy));

	if (!lazy)
		abort();
	atomic_init(&lazy->state, state);
	atomic_init(&lazy->refs, 1);
	lazy->function = work;
	lazy->x = x;
	lazy->value = x;
	enlist(lazy);
	return lazy;
}

static inline handle create(int x)
{
	return allocate(x, PENDING);
}

static inline handle nowait(int x)
{
	return allocate(x, RESOLVED);
}

static __attribute__((noinline)) int wait_slowly(handle lazy)
{
	unsigned state = PENDING;

	/* Acquire, both: another thread's value; partner: the release. */
	if (atomic_compare_exchange_strong_explicit(
		    &lazy->state, &state, RUNNING, memory_order_acquire,
		    memory_order_acquire)) {
		lazy->value = lazy->function(lazy->x);
		/* Release: the value; partner: every acquire here. */
		atomic_store_explicit(&lazy->state, RESOLVED,
				      memory_order_release);
		return lazy->value;
	}
	/* Acquire: as above. */
	while (atomic_load_explicit(&lazy->state, memory_order_acquire) !=
	       RESOLVED)
		sched_yield();
	return lazy->value;
}

static inline int wait_for(handle lazy)
{
	/* Acquire: as above. */
	if (atomic_load_explicit(&lazy->state, memory_order_acquire) ==
	    RESOLVED)
		return lazy->value;
	return wait_slowly(lazy);
}

static inline void drop(handle lazy)
{
	/* Release and acquire: all use of it comes before its end; partner:
	 * itself. */
	if (atomic_fetch_sub_explicit(&lazy->refs, 1, memory_order_acq_rel) !=
	    1)
		return;
	delist(lazy);
	free(lazy);
}

#include "loops.h"
