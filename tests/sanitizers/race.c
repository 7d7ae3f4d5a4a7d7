/* SPDX-License-Identifier: MIT */
/* Two threads write what a value points to, after they have waited for it:
 * nothing orders the second write behind the first. */
#include <await/await.h>

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

static int shared;

static int *find(void)
{
	return &shared;
}

AWAIT_TYPE(place, int *);
AWAITABLE_VALUE(place, find);

static await_place *the_place;
static _Atomic(int) written;

static void *write_first(void *unused)
{
	*await_get(the_place) = 1;
	atomic_store_explicit(&written, 1, memory_order_relaxed);
	return unused;
}

int main(void)
{
	pthread_t thread;

	the_place = awaitable(find);
	if (pthread_create(&thread, NULL, write_first, NULL) != 0)
		return 1;
	while (!atomic_load_explicit(&written, memory_order_relaxed))
		sched_yield();
	*await_get(the_place) = 2;
	await_unref(the_place);
	return pthread_join(thread, NULL);
}
