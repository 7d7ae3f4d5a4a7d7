/* SPDX-License-Identifier: MIT */
/* What LTTng records of the rarer events, asserted by libawait-test: blocking,
 * cycles, promises, cancelling. This program records itself. */
#include "../session.h"

#include <pthread.h>
#include <unistd.h>

AWAIT_TYPE(int, int);

static await_int *promise, *itself;

/* Resolves the promise once somebody sleeps for it: flag of debug.h's
 * state_waiters. */
static void *resolve_for_sleepers(void *unused)
{
	while (!(atomic_load_explicit(&promise->head.state,
				      memory_order_relaxed) &
		 0x10))
		usleep(100);
	await_resolve(promise, 7);
	return unused;
}

static void blocking_on_a_promise(void **state)
{
	struct timespec long_ago = { 0, 0 };
	pthread_t thread;
	int value = 0;

	(void)state;
	promise = await_promise(int);
	assert_int_equal(await_wait_until(promise, &value, &long_ago),
			 -ETIMEDOUT);
	pthread_create(&thread, NULL, resolve_for_sleepers, NULL);
	assert_int_equal(await_wait(promise, &value), 0);
	pthread_join(thread, NULL);
	await_unref(promise);
	assert_int_equal(value, 7);
	end_session();
	assert_await_subsequence(
		trace, await_created("promise"), await_blocks("promise"),
		await_wakes("promise"), await_blocks("promise"),
		await_resolved("promise"), await_wakes("promise"),
		await_all_of(await_waited("promise"), await_with_error(0)),
		await_destroyed("promise"));
	assert_await_count(trace, await_blocks(NULL), 2);
	assert_await_count(trace, await_waited(NULL), 2);
	assert_await_count(trace, await_with_error(-ETIMEDOUT), 1);
	assert_await_threads(
		trace, await_any_of(await_blocks(NULL), await_resolved(NULL)),
		2);
	assert_await_each(trace, await_resolved(NULL),
			  await_from("resolve_for_sleepers"));
	assert_await_each(trace, await_blocks(NULL),
			  await_from("blocking_on_a_promise"));
	assert_await_never_ran(trace, NULL);
}

static int wait_for_itself(int *out)
{
	*out = await_wait(itself, NULL);
	return 0;
}
AWAITABLE(int, wait_for_itself);

static void a_cycle(void **state)
{
	(void)state;
	itself = awaitable(wait_for_itself);
	assert_int_equal(await_get(itself), -EDEADLK);
	await_unref(itself);
	end_session();
	assert_await_sequence_of(trace, await_any_event("wait_for_itself"),
				 await_created("wait_for_itself"),
				 await_begins("wait_for_itself"),
				 await_all_of(await_refused("wait_for_itself"),
					      await_inside("wait_for_itself"),
					      await_from("wait_for_itself")),
				 await_all_of(await_waited("wait_for_itself"),
					      await_inside("wait_for_itself"),
					      await_with_error(-EDEADLK)),
				 await_ran("wait_for_itself"),
				 await_destroyed("wait_for_itself"));
}

static void rejected_and_cancelled(void **state)
{
	await_int *rejected = await_promise(int);
	await_int *cancelled = awaitable(wait_for_itself);
	uint64_t id = await_id(rejected), other = await_id(cancelled);
	int line;

	(void)state;
	await_reject(rejected, -EPIPE), line = __LINE__;
	await_cancel(cancelled);
	await_unref(rejected);
	await_unref(cancelled);
	end_session();
	assert_await_count(
		trace,
		await_all_of(await_rejected(id), await_with_error(-EPIPE),
			     await_called_at("recorded.c", (unsigned)line)),
		1);
	assert_await_count(trace, await_cancelled(other), 1);
	assert_await_before(trace, await_rejected(id), await_cancelled(other));
	assert_await_never_ran(trace, NULL);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(blocking_on_a_promise),
		TEST(a_cycle),
		TEST(rejected_and_cancelled),
	};

	alarm(100);
	return cmocka_run_group_tests_name("recorded", tests, NULL, NULL);
}
