/* SPDX-License-Identifier: MIT */
/* The contract, starting before a wait, and asking a run to stop. */
#define _GNU_SOURCE
#include "contract.h"

#include <sched.h>
#include <unistd.h>

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

static pthread_t ran_on;

static int answer(int *out, int value)
{
	ran_on = pthread_self();
	runs++;
	*out = value;
	return 0;
}
AWAITABLE(int, answer, (int, value));

/* --- a pool of one thread: a list of jobs --- */

struct pool {
	pthread_t thread;
	struct {
		void (*call)(void *);
		void *argument;
	} jobs[16];
	int count;
	bool gone;
};

static int submit(void *data, void (*call)(void *), void *argument)
{
	struct pool *pool = data;

	if (pool->gone)
		return -ESHUTDOWN;
	pool->jobs[pool->count].call = call;
	pool->jobs[pool->count++].argument = argument;
	return 0;
}

static void *work(void *data)
{
	struct pool *pool = data;

	for (int i = 0; i < pool->count; i++)
		pool->jobs[i].call(pool->jobs[i].argument);
	pool->count = 0;
	return NULL;
}

static void work_off(struct pool *pool)
{
	pthread_create(&pool->thread, NULL, work, pool);
	pthread_join(pool->thread, NULL);
}

static int call_here(void *pool, void (*call)(void *), void *argument)
{
	(void)pool;
	call(argument);
	return 0;
}

static void started_before_a_wait(void **state)
{
	await_int *aw = awaitable(answer, 4), *alone = awaitable(answer, 5),
		  *here = awaitable(answer, 6);
	struct pool pool = { 0 };
	const struct seen *start, *begin;

	(void)state;
	record();
	assert_int_equal(await_start(aw, submit, &pool), 0);
	assert_int_equal(await_state(aw), AWAIT_PENDING);
	work_off(&pool);
	assert_true(pthread_equal(ran_on, pool.thread));
	assert_int_equal(await_state(aw), AWAIT_RESOLVED);
	assert_int_equal(await_get(aw), 4);
	start = seen(AWAIT_EVENT_START, await_id(aw), 0);
	begin = seen(AWAIT_EVENT_EXEC_BEGIN, await_id(aw), 0);
	assert_true(start && begin && start < begin);
	/* Where it was started is where it was asked for. */
	assert_ptr_equal(start->event.addr, begin->event.addr);
	assert_int_equal(await_start(here, call_here, NULL), 0);
	assert_int_equal(await_state(here), AWAIT_RESOLVED);
	assert_int_equal(await_start(alone, NULL, NULL), 0);
	assert_int_equal(await_get(alone), 5);
	assert_int_equal(runs, 3);
	await_unref(aw);
	await_unref(here);
	await_unref(alone);
}

static void a_wait_before_the_start(void **state)
{
	await_int *aw = awaitable(answer, 4);
	struct pool pool = { 0 };

	(void)state;
	/* More than once does no harm. */
	assert_int_equal(await_start(aw, submit, &pool), 0);
	assert_int_equal(await_start(aw, submit, &pool), 0);
	assert_int_equal(await_get(aw), 4);
	assert_true(pthread_equal(ran_on, pthread_self()));
	assert_int_equal(await_start(aw, submit, &pool), -EALREADY);
	work_off(&pool);
	assert_int_equal(runs, 1);
	await_unref(aw);
}

static int ended;

static void end(int value)
{
	(void)value;
	ended++;
}

static int take(int *out, int value)
{
	return answer(out, value);
}
AWAITABLE(int, take, (int, value, end));

/* All references are dropped before the pool comes to it. */
static void started_is_finished(void **state)
{
	await_int *aw = awaitable(take, 4), *cancelled = awaitable(take, 5);
	struct pool pool = { 0 };

	(void)state;
	ended = 0;
	assert_int_equal(await_start(aw, submit, &pool), 0);
	assert_int_equal(await_start(cancelled, submit, &pool), 0);
	await_unref(aw);
	assert_int_equal(ended, 0);
	assert_int_equal(await_cancel(cancelled), 0);
	await_unref(cancelled);
	assert_int_equal(ended, 1);
	work_off(&pool);
	assert_int_equal(runs, 1);
	assert_int_equal(ended, 2);
	assert_int_equal(await_core_valid(aw), 0);
	assert_int_equal(await_core_valid(cancelled), 0);
}

static void a_pool_that_is_gone(void **state)
{
	await_int *aw = awaitable(answer, 4), *none = NULL,
		  *promise = await_promise(int);
	struct pool pool = { .gone = true };

	(void)state;
	assert_int_equal(await_start(aw, submit, &pool), -ESHUTDOWN);
	assert_int_equal(await_state(aw), AWAIT_PENDING);
	assert_int_equal(await_start(none, submit, &pool), -EINVAL);
	assert_int_equal(await_start(promise, submit, &pool), -EINVAL);
	assert_int_equal(await_get(aw), 4);
	await_unref(promise);
	await_unref(aw);
	assert_int_equal(await_core_valid(aw), 0); /* nothing holds it */
}

static void leave(void)
{
	pthread_exit(NULL);
}

static int exits(int *out)
{
	(void)out;
	runs++;
	leave();
	return 0;
}
AWAITABLE(int, exits);

/* Its function ends the thread; the reference is given back all the same. */
static void a_start_that_is_left(void **state)
{
	await_int *aw = awaitable(exits);
	struct pool pool = { 0 };

	(void)state;
	assert_int_equal(await_start(aw, submit, &pool), 0);
	work_off(&pool);
	assert_int_equal(await_state(aw), AWAIT_FAILED);
	assert_int_equal(await_error(aw), -EOWNERDEAD);
	await_unref(aw);
	assert_int_equal(await_core_valid(aw), 0);
}

/* --- stopping --- */

static int until_stopped(int *out)
{
	runs++;
	while (!await_stop_asked())
		sched_yield();
	*out = 1;
	return runs == 1 ? -ECANCELED : 0;
}
AWAITABLE(int, until_stopped);

static void asked_to_stop(void **state)
{
	await_int *aw = awaitable(until_stopped);
	int value = 0;

	(void)state;
	assert_false(await_stop_asked());
	for (int i = 1; i <= 2; i++) {
		struct waiter waiter;

		waiters_start(&waiter, 1, aw);
		while (runs < i)
			sched_yield();
		/* What an earlier run was asked does not concern this one. */
		assert_int_equal(await_state(aw), AWAIT_RUNNING);
		assert_null(strstr(LINE_OF(aw), "asked to stop"));
		assert_int_equal(await_cancel(aw), -EBUSY);
		waiters_join(&waiter, 1, i == 1 ? -ECANCELED : 0, i == 2);
	}
	assert_int_equal(await_cancel(aw), -EALREADY);
	/* A hit is one comparison again. */
	assert_true(await_core_hit(&aw->head));
	assert_int_equal(await_wait(aw, &value), 0);
	assert_int_equal(value, 1);
	await_unref(aw);
}

static atomic_int inner_asked, outer_asked;

static int inner(int *out, await_int *outer)
{
	/* Its own thread asks; it is the outer one that is asked. */
	*out = await_cancel(outer);
	atomic_store_explicit(&inner_asked, await_stop_asked(),
			      memory_order_relaxed);
	return 0;
}
AWAITABLE(int, inner, (await_int *, outer));

static await_int *outer_await;

static int outer(int *out)
{
	await_int *aw = awaitable(inner, outer_await);

	*out = await_get(aw);
	await_unref(aw);
	atomic_store_explicit(&outer_asked, await_stop_asked(),
			      memory_order_relaxed);
	return 0;
}
AWAITABLE(int, outer);

static void asked_to_stop_is_the_innermost(void **state)
{
	(void)state;
	outer_await = awaitable(outer);
	assert_int_equal(await_get(outer_await), -EBUSY);
	assert_int_equal(inner_asked, 0);
	assert_int_equal(outer_asked, 1);
	assert_false(await_stop_asked());
	await_unref(outer_await);
}

static int show(int *out)
{
	char line[300];

	await_cancel(outer_await);
	await_core_describe(&outer_await->head, line, sizeof(line));
	*out = strstr(line, ", asked to stop") != NULL;
	return 0;
}
AWAITABLE(int, show);

static void shown_as_asked_to_stop(void **state)
{
	(void)state;
	outer_await = awaitable(show);
	assert_int_equal(await_get(outer_await), 1);
	assert_null(strstr(LINE_OF(outer_await), "asked to stop"));
	await_unref(outer_await);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(started_before_a_wait),
		TEST(a_wait_before_the_start),
		TEST(started_is_finished),
		TEST(a_pool_that_is_gone),
		TEST(a_start_that_is_left),
		TEST(asked_to_stop),
		TEST(asked_to_stop_is_the_innermost),
		TEST(shown_as_asked_to_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
