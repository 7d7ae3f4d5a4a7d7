/* SPDX-License-Identifier: MIT */
/* The contract, waiting for any of several awaits, and deadlines from now. */
#define _GNU_SOURCE
#include "any.h"

static int sour(int *out, int error)
{
	*out = 0;
	runs++;
	return error;
}
AWAITABLE_STICKY(int, sour, (int, error));

static void any_that_is_settled(void **state)
{
	await_int *aws[4] = { awaitable(answer, 0), await_promise(int),
			      await_nowait(int, 2), await_nowait(int, 3) };
	size_t index = 9;

	(void)state;
	assert_int_equal(await_wait_any(aws, 4, NULL, &index), 0);
	assert_int_equal(index, 2);
	assert_int_equal(runs, 0);
	assert_int_equal(await_cancel(aws[1]), 0);
	assert_int_equal(await_wait_any(aws, 4, NULL, &index), -ECANCELED);
	assert_int_equal(index, 1);
	assert_int_equal(await_wait_any(aws, 4, NULL, NULL), -ECANCELED);
	drop(aws, 4);
}

static void any_that_nobody_runs(void **state)
{
	await_int *aws[4] = { await_promise(int), awaitable(answer, -EIO),
			      awaitable(answer, 2), awaitable(sour, -EPERM) };
	size_t index = 9;

	(void)state;
	/* A failure that is not final is run again, as by any wait. */
	for (int i = 1; i <= 2; i++) {
		assert_int_equal(await_wait_any(aws, 4, NULL, &index), -EIO);
		assert_int_equal(index, 1);
		assert_int_equal(runs, i);
	}
	assert_int_equal(await_wait(aws[3], NULL), -EPERM);
	/* One that is final has an outcome, which comes first. */
	assert_int_equal(await_wait_any(aws, 4, NULL, &index), -EPERM);
	assert_int_equal(index, 3);
	assert_int_equal(runs, 3);
	drop(aws, 4);
}

/* The second of three that run elsewhere is the first to end. */
static void any_that_comes_first(void **state)
{
	await_int *aws[3] = { awaitable(slow, 1, 0), awaitable(slow, 0, 0),
			      await_promise(int) };
	struct any_waiter waiter;
	pthread_t threads[2];
	void *rc;

	(void)state;
	for (int i = 0; i < 2; i++)
		threads[i] = run_elsewhere(aws[i]);
	record();
	start_any(&waiter, aws, 3);
	wait_for_sleepers(3); /* one for each */
	let_go(1);
	join_any(&waiter, 0, 1);
	assert_int_equal(await_state(aws[0]), AWAIT_RUNNING);
	for (int i = 0; i < 3; i++)
		assert_int_equal(
			seen_count(AWAIT_EVENT_BLOCK_END, await_id(aws[i])), 1);
	start_any(&waiter, aws, 1);
	wait_for_sleepers(4);
	let_go(2);
	join_any(&waiter, 0, 0);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], &rc);
	drop(aws, 3);
}

/* It slept through a failure, which another thread may run again by now. */
static void any_that_fails_meanwhile(void **state)
{
	await_int *aws[2] = { await_promise(int), awaitable(slow, 0, -EIO) };
	struct any_waiter waiter;
	pthread_t thread = run_elsewhere(aws[1]);
	void *rc;

	(void)state;
	record();
	start_any(&waiter, aws, 2);
	wait_for_sleepers(2);
	let_go(1);
	join_any(&waiter, -EIO, 1);
	pthread_join(thread, &rc);
	assert_int_equal(await_attempts(aws[1]), 1);
	drop(aws, 2);
}

static void any_until_a_deadline(void **state)
{
	await_int *aws[2] = { await_promise(int), await_promise(int) };
	struct timespec past = { .tv_sec = -5 }, wrong = { .tv_nsec = -1 };
	struct timespec at = await_deadline(5);
	size_t index = 9;

	(void)state;
	assert_int_equal(await_wait_any(aws, 2, &past, &index), -ETIMEDOUT);
	assert_int_equal(index, 2);
	assert_int_equal(await_wait_any(aws, 2, &at, &index), -ETIMEDOUT);
	assert_int_equal(await_wait_any(aws, 2, &wrong, &index), -EINVAL);
	assert_int_equal(index, 2);
	/* What is there is there, at any time. */
	assert_int_equal(await_resolve(aws[1], 4), 0);
	assert_int_equal(await_wait_any(aws, 2, &past, &index), 0);
	assert_int_equal(index, 1);
	drop(aws, 2);
}

static void deadlines_from_now(void **state)
{
	await_int *promise = await_promise(int);
	struct timespec now, at;
	int value = 0;

	(void)state;
	assert_int_equal(await_wait_within(promise, &value, 0), -ETIMEDOUT);
	assert_int_equal(await_wait_within(promise, &value, -7), -ETIMEDOUT);
	assert_int_equal(await_wait_within(promise, &value, 3), -ETIMEDOUT);
	assert_int_equal(await_resolve(promise, 8), 0);
	assert_int_equal(await_wait_within(promise, &value, INT64_MAX), 0);
	assert_int_equal(value, 8);
	clock_gettime(CLOCK_MONOTONIC, &now);
	at = await_deadline(86400999);
	assert_true(at.tv_sec - now.tv_sec >= 86400);
	assert_true(at.tv_nsec >= 0 && at.tv_nsec < 1000000000);
	assert_true(await_deadline(INT64_MAX).tv_sec > now.tv_sec + 86400);
	at = await_deadline(INT64_MIN);
	assert_true(at.tv_sec <= now.tv_sec + 86400);
	await_unref(promise);
}

static void any_of_nothing(void **state)
{
	await_int *aws[3] = { awaitable(answer, 1), NULL,
			      await_nowait(int, 2) };
	await_int *const *none = NULL;
	size_t index = 9;

	(void)state;
	assert_int_equal(await_wait_any(aws, 0, NULL, &index), -EINVAL);
	assert_int_equal(index, 0);
	assert_int_equal(await_wait_any(aws, 3, NULL, &index), -EINVAL);
	assert_int_equal(index, 3);
	assert_int_equal(await_wait_any(none, 3, NULL, &index), -EINVAL);
	assert_int_equal(runs, 0);
	aws[1] = aws[0];
	await_unref(aws[0]);
	assert_int_equal(await_wait_any(aws, 3, NULL, &index), -ESTALE);
	assert_int_equal(index, 3);
	await_unref(aws[2]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(any_that_is_settled),  TEST(any_that_nobody_runs),
		TEST(any_that_comes_first), TEST(any_that_fails_meanwhile),
		TEST(any_until_a_deadline), TEST(deadlines_from_now),
		TEST(any_of_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
