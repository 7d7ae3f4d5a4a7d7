/* SPDX-License-Identifier: MIT */
/* What the tests of waiting for any of several awaits share: functions that end
 * when they are let go, and threads that wait for any. */
#pragma once

#include "contract.h"

#include <sched.h>

static atomic_int go, runs;

static int setup(void **state)
{
	(void)state;
	atomic_store_explicit(&go, 0, memory_order_relaxed);
	atomic_store_explicit(&runs, 0, memory_order_relaxed);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	record_stop();
	return 0;
}

static int answer(int *out, int value)
{
	runs++;
	if (value < 0)
		return value;
	*out = value;
	return 0;
}
AWAITABLE(int, answer, (int, value));

/* Runs until go is above nth, then fails with error or returns nth. */
static int slow(int *out, int nth, int error)
{
	while (atomic_load_explicit(&go, memory_order_acquire) <= nth)
		sched_yield();
	*out = nth;
	return error;
}
AWAITABLE(int, slow, (int, nth), (int, error));

static void let_go(int count)
{
	atomic_store_explicit(&go, count, memory_order_release);
}

static void *wait_for_it(void *aw)
{
	return (void *)(intptr_t)await_wait((await_int *)aw, NULL);
}

/* Returns once aw runs, on another thread. */
static pthread_t run_elsewhere(await_int *aw)
{
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, wait_for_it, aw), 0);
	while (await_state(aw) != AWAIT_RUNNING)
		sched_yield();
	return thread;
}

static void drop(await_int *const *awaits, size_t count)
{
	for (size_t i = 0; i < count; i++)
		await_unref(awaits[i]);
}

/* --- waits of other threads --- */

struct any_waiter {
	pthread_t thread;
	await_int *const *awaits;
	size_t count, index;
	int rc;
	int64_t ms; /* 0: no deadline */
};

static void *wait_any(void *data)
{
	struct any_waiter *waiter = data;
	struct timespec at = await_deadline(waiter->ms);

	waiter->rc = await_wait_any(waiter->awaits, waiter->count,
				    waiter->ms ? &at : NULL, &waiter->index);
	return NULL;
}

static void start_any(struct any_waiter *waiter, await_int *const *awaits,
		      size_t count)
{
	*waiter = (struct any_waiter){ .awaits = awaits, .count = count };
	assert_int_equal(
		pthread_create(&waiter->thread, NULL, wait_any, waiter), 0);
}

static void join_any(struct any_waiter *waiter, int rc, size_t index)
{
	pthread_join(waiter->thread, NULL);
	assert_int_equal(waiter->rc, rc);
	assert_int_equal(waiter->index, index);
}
