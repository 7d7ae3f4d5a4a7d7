/* SPDX-License-Identifier: MIT */
/* Assertions on what this process did: the macros, the recorder, symbols. */
#include "testing.h"

#include <await/inspect.h>

#include <pthread.h>

AWAIT_TYPE(int, int);

static int leaf_result;

static int leaf(int *out, int x)
{
	*out = x;
	return leaf_result;
}
AWAITABLE(int, leaf, (int, x));

static int outer(int *out, int x)
{
	await_int *aw = awaitable(leaf, x);
	int rc = await_wait(aw, out);

	await_unref(aw);
	return rc;
}
AWAITABLE(int, outer, (int, x));

/* Claims about the caller need a real call. */
__attribute__((noinline)) static int ask(await_int *aw)
{
	int value = 0, rc = await_wait(aw, &value);

	return rc ? rc : value;
}

static void *ask_elsewhere(void *aw)
{
	return (void *)(intptr_t)ask(aw);
}

static int setup(void **state)
{
	(void)state;
	leaf_result = 0;
	return 0;
}

static void assertions_hold(void **state)
{
	const struct await_trace *trace;
	await_int *aw;
	unsigned line;
	uint64_t id;

	(void)state;
	assert_int_equal(await_trace_begin(NULL), 0);
	line = __LINE__ + 1;
	aw = awaitable(outer, 7);
	id = await_id(aw);
	assert_int_equal(ask(aw), 7);
	assert_int_equal(ask(aw), 7);
	await_unref(aw);
	trace = await_trace_end();
	assert_await_nothing_lost(trace);
	assert_await_no_leak(trace);
	assert_await_sequence(trace, await_created("outer"),
			      await_begins("outer"), await_created("leaf"),
			      await_begins("leaf"), await_ran("leaf"),
			      await_destroyed("leaf"), await_ran("outer"),
			      await_hit(id), await_destroyed(aw));
	assert_await_sequence_of(
		trace, await_created(NULL), await_created(id),
		await_all_of(await_created("leaf"), await_inside("outer")));
	assert_await_subsequence(trace, await_ran("leaf"), await_hit("outer"));
	assert_await_any_order_of(trace, await_ran(NULL), await_ran("outer"),
				  await_ran("leaf"));
	assert_await_created(trace, "leaf", 1);
	assert_await_ran_once(trace, "leaf");
	assert_await_never_ran(trace, "nobody");
	assert_await_hits(trace, aw, 1);
	assert_await_count_between(trace, await_hit(NULL), 1, AWAIT_UNLIMITED);
	assert_await_made_at(trace, "outer", "claims-real.c", line);
	assert_await_each(trace, await_created("outer"),
			  await_called_at("claims-real.c", line));
	assert_await_count(trace, await_called_at("claims-real.c", line - 1),
			   0);
	assert_await_count(trace, await_called_at("real.c", 0), 0);
	assert_await_inside(trace, "leaf", "outer");
	assert_await_first_wait_from(trace, id, "ask");
	assert_await_first_wait_from(trace, "leaf", "outer");
	assert_await_before(trace, await_ran("leaf"), await_ran("outer"));
	assert_await_threads(trace, await_any_event(NULL), 1);
	assert_await_took_between(trace, "leaf", 0, UINT64_MAX);
}

/* Each finds what it denies. */
static void outcomes_of_waits_are_seen(void **state)
{
	static const struct timespec past;
	await_int *promise = await_promise(int), *gone = awaitable(leaf, 1);
	const struct await_trace *trace;
	const char *text;

	(void)state;
	assert_int_equal(await_trace_begin(NULL), 0);
	assert_int_equal(await_wait_until(promise, NULL, &past), -ETIMEDOUT);
	assert_int_equal(await_reject(promise, -EPIPE), 0);
	assert_int_equal(ask(promise), -EPIPE);
	assert_int_equal(await_cancel(gone), 0);
	assert_int_equal(ask(gone), -ECANCELED);
	await_unref(promise);
	await_unref(gone);
	trace = await_trace_end();
	assert_await_sequence_of(
		trace, await_waited(NULL),
		await_all_of(await_waited(promise),
			     await_with_error(-ETIMEDOUT)),
		await_all_of(await_waited(promise), await_with_error(-EPIPE)),
		await_all_of(await_waited(gone), await_from("ask"),
			     await_with_error(-ECANCELED)));
	assert_await_first_wait_from(trace, "leaf", "ask");
	text = await_claim_count(trace, await_with_error(-ETIMEDOUT), 0, 0);
	assert_non_null(text);
	assert_non_null(strstr(text, ": waited promise #"));
}

static void stacks_are_those_of_the_program(void **state)
{
	const struct await_trace_options options = {
		.stacks = AWAIT_EVENT_BIT(AWAIT_EVENT_EXEC_BEGIN),
	};
	const struct await_trace *trace;
	await_int *aw;

	(void)state;
	assert_int_equal(await_trace_begin(&options), 0);
	aw = awaitable(outer, 7);
	ask(aw);
	await_unref(aw);
	trace = await_trace_end();
	assert_await_stack_has(trace, await_begins("leaf"), "ask");
	assert_await_count(
		trace,
		await_all_of(await_begins(NULL), await_with_stack("outer")), 1);
	assert_non_null(strstr(
		await_claim_count(trace, await_with_stack("outer"), 1, 1),
		"no stack was recorded of event 1: created "
		"outer #"));
}

static void failures_show_names_and_lines(void **state)
{
	const struct await_trace *trace;
	await_int *aw;
	pthread_t thread;
	const char *text;

	(void)state;
	leaf_result = -EIO;
	assert_int_equal(await_trace_begin(NULL), 0);
	aw = awaitable(leaf, 7);
	assert_int_equal(pthread_create(&thread, NULL, ask_elsewhere, aw), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	trace = await_trace_end();
	text = await_claim_count(trace, await_ran("leaf"), 1, 1);
	assert_non_null(text);
	assert_non_null(strstr(text, "expected leaf to run to a value once"));
	assert_non_null(strstr(text, ": failed leaf #"));
	assert_non_null(strstr(text, ": -EIO (Input/output error)"));
	assert_non_null(strstr(text, " by ask at claims-real.c:"));
	assert_non_null(strstr(text, " on T2 ("));
	text = await_claim_no_leak(trace);
	assert_non_null(text);
	assert_non_null(strstr(text, "1 leaf created at claims-real.c:"));
	await_unref(aw);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, setup, await_trace_teardown)
		TEST(assertions_hold),
		TEST(outcomes_of_waits_are_seen),
		TEST(stacks_are_those_of_the_program),
		TEST(failures_show_names_and_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
