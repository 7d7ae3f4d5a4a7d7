/* SPDX-License-Identifier: MIT */
/* See test_thread.h. */
#include "libawait-test/records/test_thread.h"

#include <await/core.h>

#include <pthread.h>

_Static_assert(sizeof(pthread_t) == sizeof(uintptr_t), "an address in glibc");

/* A pthread_t, as it stays the same in a forked child; 0: none. Relaxed, both:
 * a thread sees its own store, and the word publishes nothing else. */
static AWAIT_ATOMIC(uintptr_t) test_thread;

void test_thread_set(void)
{
	atomic_store_explicit(&test_thread, (uintptr_t)pthread_self(),
			      memory_order_relaxed);
}

bool test_thread_is_current(void)
{
	uintptr_t thread =
		atomic_load_explicit(&test_thread, memory_order_relaxed);

	return !thread || thread == (uintptr_t)pthread_self();
}
