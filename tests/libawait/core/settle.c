/* SPDX-License-Identifier: MIT */
/* What the contract's tests (tests/contract) leave of outcomes other than a
 * first run's: deadlines and casts. */
#define _GNU_SOURCE
#include "sleepers.h"

#include <pthread.h>
#include <sched.h>
#include <unistd.h>

AWAIT_TYPE(int, int);
AWAIT_TYPE(count, int);
AWAIT_TYPE(large, struct timespec);

static int runs;

static int answer(void)
{
	return ++runs;
}
AWAITABLE_VALUE(int, answer);

static int wait_both(int *out, await_int *a, await_int *b)
{
	int x = 0, y = 0, rc = await_wait(a, &x);

	if (rc == 0)
		rc = await_wait(b, &y);
	*out = x + y;
	return rc;
}
AWAITABLE(int, wait_both, (await_int *, a), (await_int *, b));

static int setup(void **state)
{
	(void)state;
	atomic_store_explicit(&sleepers, 0, memory_order_relaxed);
	/* Or are refused to. */
	sleeper_sink.events |= AWAIT_EVENT_BIT(AWAIT_EVENT_CYCLE);
	return await_sink_add(&sleeper_sink);
}

static int teardown(void **state)
{
	(void)state;
	return await_sink_remove(&sleeper_sink);
}

static void wait_for_sleepers(int count)
{
	while (atomic_load_explicit(&sleepers, memory_order_relaxed) < count)
		sched_yield();
}

struct waiter {
	await_int *aw;
	int rc, value;
};

static void *wait_thread(void *data)
{
	struct waiter *waiter = data;

	waiter->rc = await_wait(waiter->aw, &waiter->value);
	return NULL;
}

static struct timespec in_ms(long ms)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	ts.tv_nsec += ms * 1000000;
	ts.tv_sec += ts.tv_nsec / 1000000000;
	ts.tv_nsec %= 1000000000;
	return ts;
}

static void a_deadline_ends_blocking(void **state)
{
	await_int *aw = await_promise(int), *null = NULL;
	struct timespec soon = in_ms(20), past = { 0, 0 }, before = { -1, 0 };
	struct timespec bad = { 0, 1000000000 }, later = in_ms(60000);
	int value = -1;

	(void)state;
	assert_int_equal(await_wait_until(aw, &value, &soon), -ETIMEDOUT);
	assert_int_equal(await_wait_until(aw, &value, &past), -ETIMEDOUT);
	assert_int_equal(await_wait_until(aw, &value, &before), -ETIMEDOUT);
	assert_int_equal(await_wait_until(aw, &value, &bad), -EINVAL);
	assert_int_equal(await_wait_until(null, &value, &soon), -EINVAL);
	assert_int_equal(value, -1);
	assert_int_equal(await_resolve(aw, 3), 0);
	assert_int_equal(await_wait_until(aw, &value, &past), 0);
	assert_int_equal(value, 3);
	assert_int_equal(await_wait_until(aw, &value, &later), 0);
	assert_int_equal(await_wait_until(aw, NULL, NULL), 0);
	await_unref(aw);
}

static void a_deadline_does_not_stop_an_own_run(void **state)
{
	await_int *aw = awaitable(answer);
	struct timespec past = { 0, 0 };

	(void)state;
	assert_int_equal(await_wait_until(aw, NULL, &past), 0);
	assert_int_equal(runs, 1);
	await_unref(aw);
}

/*
 * A waiter that has given up is no edge of a cycle any more: this thread gives
 * up on slow; then slow's thread waits for what this thread runs.
 */
static await_int *promised;

static int run_by_main(int *out)
{
	*out = 3;
	await_resolve(promised, 2);
	wait_for_sleepers(3); /* slow's thread waits for us, or was refused */
	return 0;
}
AWAITABLE(int, run_by_main);

static void giving_up_leaves_no_edge(void **state)
{
	await_int *mine = awaitable(run_by_main), *slow;
	struct timespec soon = in_ms(20);
	struct waiter waiter = { NULL, 0, 0 };
	pthread_t thread;

	(void)state;
	promised = await_promise(int);
	waiter.aw = slow = awaitable(wait_both, promised, mine);
	assert_int_equal(pthread_create(&thread, NULL, wait_thread, &waiter),
			 0);
	wait_for_sleepers(1);
	assert_int_equal(await_wait_until(slow, NULL, &soon), -ETIMEDOUT);
	assert_int_equal(await_get(mine), 3);
	pthread_join(thread, NULL);
	assert_int_equal(waiter.rc, 0);
	assert_int_equal(waiter.value, 5);
	await_unref(slow);
	await_unref(mine);
	await_unref(promised);
}

static void an_owner_is_one_reference(void **state)
{
	await_int_owner *owner = await_promise_owner(int), *null = NULL;
	await_int *aw = await_promise_of(owner);

	(void)state;
	assert_ptr_equal(aw, (await_int *)(void *)owner);
	/* Others may cancel it, or settle it first. */
	assert_int_equal(await_cancel(aw), 0);
	assert_int_equal(await_owner_resolve(owner, 1), -EALREADY);
	assert_int_equal(await_owner_drop(owner), 0);
	assert_int_equal(await_wait(aw, NULL), -ECANCELED);
	await_unref(aw);
	assert_int_equal(await_state(aw), AWAIT_FREE);
	/* Nobody else holds it. */
	owner = await_promise_owner(int);
	aw = (await_int *)(void *)owner;
	assert_int_equal(await_owner_reject(owner, 5), -EINVAL);
	assert_int_equal(await_owner_drop(owner), 0);
	assert_int_equal(await_state(aw), AWAIT_FREE);
	assert_int_equal(await_owner_drop(null), 0);
	assert_int_equal(await_owner_resolve(null, 1), -EINVAL);
}

/* Whatever the type that it was cast to; but no other handle is an owner. */
static void an_owner_that_was_cast_is_one(void **state)
{
	await_int_owner *owner = await_promise_owner(int);
	await_int *aw = await_promise_of(owner);
	await_int *others[] = { await_promise(int), awaitable(answer) };

	(void)state;
	assert_int_equal(await_owner_drop((await_large_owner *)(void *)owner),
			 0);
	assert_int_equal(await_wait(aw, NULL), -EPIPE);
	await_unref(aw);
	assert_int_equal(await_state(aw), AWAIT_FREE);
	for (int i = 0; i < 2; i++) {
		owner = (await_int_owner *)(void *)others[i];
		assert_int_equal(await_owner_drop(owner), -EINVAL);
		assert_int_equal(await_state(others[i]), AWAIT_PENDING);
		await_unref(others[i]);
	}
}

static await_int_owner *forgotten;

static void *forget(void *unused)
{
	await_owner_drop(forgotten);
	return unused;
}

/* One settles, the other drops: the one who came first has it. */
static void a_drop_races_with_others(void **state)
{
	(void)state;
	for (int i = 0; i < 200; i++) {
		await_int *aw;
		pthread_t thread;
		int rc, value = 0;

		forgotten = await_promise_owner(int);
		aw = await_promise_of(forgotten);
		assert_int_equal(pthread_create(&thread, NULL, forget, NULL),
				 0);
		rc = await_resolve(aw, i);
		pthread_join(thread, NULL);
		assert_int_equal(await_wait(aw, &value), rc ? -EPIPE : 0);
		assert_true(rc == 0 ? value == i : rc == -EALREADY);
		await_unref(aw);
		assert_int_equal(await_state(aw), AWAIT_FREE);
	}
}

static void a_cast_keeps_the_await(void **state)
{
	await_int *aw = await_nowait(int, 5);
	await_count *count = await_cast(count, aw);

	(void)state;
	assert_int_equal(await_get(count), 5);
	assert_ptr_equal(count, aw);
	await_unref(aw);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_deadline_ends_blocking),
		TEST(a_deadline_does_not_stop_an_own_run),
		TEST(giving_up_leaves_no_edge),
		TEST(an_owner_is_one_reference),
		TEST(an_owner_that_was_cast_is_one),
		TEST(a_drop_races_with_others),
		TEST(a_cast_keeps_the_await),
	};

	alarm(120);
	return cmocka_run_group_tests_name("settle", tests, NULL, NULL);
}
