/* SPDX-License-Identifier: MIT */
/* Tests of which some fail: test_outputs.py checks how cmocka reports them. */
#include "testing.h"

#include <pthread.h>

AWAIT_TYPE(int, int);

static int number(int x)
{
	return x;
}
AWAITABLE_VALUE(int, number, (int, x));

static const struct await_trace *one_wait(void)
{
	await_int *aw;

	assert_int_equal(await_trace_begin(NULL), 0);
	aw = awaitable(number, 1);
	await_wait(aw, NULL);
	await_unref(aw);
	return await_trace_end();
}

static void holds(void **state)
{
	(void)state;
	assert_await_ran_once(one_wait(), "number");
}

static void fails(void **state)
{
	(void)state;
	assert_await_hits(one_wait(), "number", 2);
}

/* Leaves its trace open. */
static void leaves(void **state)
{
	(void)state;
	assert_int_equal(await_trace_begin(NULL), 0);
	fail();
}

static void *fail_elsewhere(void *trace)
{
	assert_await_never_ran(trace, "number");
	return NULL;
}

static void fails_on_another_thread(void **state)
{
	const struct await_trace *trace = one_wait();
	pthread_t thread;

	(void)state;
	pthread_create(&thread, NULL, fail_elsewhere, (void *)trace);
	pthread_join(thread, NULL);
	assert_await_ran_once(trace, "number");
}

static void holds_after_all(void **state)
{
	(void)state;
	assert_await_ran_once(one_wait(), "number");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_teardown(f, await_trace_teardown)
	const struct CMUnitTest tests[] = {
		TEST(holds),	       TEST(fails),
		TEST(leaves),	       TEST(fails_on_another_thread),
		TEST(holds_after_all),
	};

	return cmocka_run_group_tests_name("fails", tests, NULL, NULL);
}
