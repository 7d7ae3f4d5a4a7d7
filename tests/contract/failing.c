/* SPDX-License-Identifier: MIT */
/*
 * The contract, failures and arguments: what a failed run leaves behind, what
 * the next wait does, and how long the arguments live.
 */
#define _GNU_SOURCE
#include "contract.h"

#include <stdio.h>
#include <unistd.h>

struct buffer {
	char *data;
};

static int runs, retained, released, destroyed, failures_left;

static void buffer_clear(struct buffer *buffer)
{
	destroyed++;
	free(buffer->data);
}
AWAIT_TYPE(buffer, struct buffer, buffer_clear);

static void release(char *text)
{
	released++;
	free(text);
}

static char *retain(const char *text)
{
	retained++;
	return strdup(text);
}

/* Fails failures_left times, after writing to its result. */
static int copy(struct buffer *out, char *text, int tag)
{
	runs++;
	out->data = (char *)(uintptr_t)0xdead;
	if (failures_left-- > 0)
		return -EIO - tag;
	out->data = strdup(text);
	return 0;
}
AWAITABLE(buffer, copy, (char *, text, release, retain), (int, tag));

static int broken(int *out, char *text)
{
	(void)text;
	*out = 0;
	runs++;
	return -EIO;
}
AWAITABLE_STICKY(int, broken, (char *, text, release, retain));

static char abc[] = "abc";

static int setup(void **state)
{
	(void)state;
	runs = retained = released = destroyed = failures_left = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	record_stop();
	return 0;
}

static void assert_counts(int r, int d)
{
	assert_int_equal(released, r);
	assert_int_equal(destroyed, d);
}

static void failure_of_the_function_at_the_first_wait(void **state)
{
	struct buffer out = { NULL };
	const struct seen *end;
	await_buffer *aw;

	(void)state;
	assert_int_equal(EIO, 5);
	failures_left = 1;
	record();
	aw = awaitable(copy, abc, 1);
	assert_int_equal(await_wait(aw, &out), -EIO - 1);
	assert_int_equal(runs, 1);
	assert_null(out.data);
	assert_int_equal(await_state(aw), AWAIT_FAILED);
	assert_int_equal(await_peek(aw, &out), -EAGAIN);
	assert_int_equal(await_error(aw), -EIO - 1);
	assert_int_equal(await_attempts(aw), 1);
	assert_contains(LINE_OF(aw), " buffer failed copy(\"abc\", 1): -ENXIO "
				     "(No such device or address), 1 attempt ");
	end = seen(AWAIT_EVENT_EXEC_END, await_id(aw), 0);
	assert_int_equal(end->event.state, AWAIT_FAILED);
	assert_int_equal(end->event.error, -EIO - 1);
	assert_int_equal(end->event.attempt, 1);
	assert_counts(0, 0);
	await_unref(aw);
	assert_int_equal(retained, 1);
	assert_counts(1, 0);
}

static void wait_after_a_failure(void **state)
{
	await_buffer *aw = awaitable(copy, abc, 0);
	await_int *final = awaitable(broken, abc);
	struct buffer out = { NULL };

	(void)state;
	failures_left = 2;
	for (int i = 1; i <= 2; i++) {
		assert_int_equal(await_wait(aw, &out), -EIO);
		assert_int_equal(await_attempts(aw), i);
	}
	assert_counts(0, 0);
	assert_int_equal(await_wait(aw, &out), 0);
	assert_string_equal(out.data, "abc");
	assert_int_equal(runs, 3);
	assert_int_equal(await_attempts(aw), 3);
	assert_int_equal(await_error(aw), -EIO); /* of the last failure */
	assert_int_equal(await_wait(aw, &out), 0);
	assert_int_equal(runs, 3);
	await_unref(aw);
	assert_counts(1, 1);

	for (int i = 0; i < 3; i++)
		assert_int_equal(await_wait(final, NULL), -EIO);
	assert_int_equal(runs, 4);
	assert_int_equal(await_attempts(final), 1);
	assert_int_equal(await_error(final), -EIO);
	assert_counts(1, 1);
	await_unref(final);
	assert_counts(2, 1);
}

/* LIBAWAIT_DEBUG=args, which keeps them: libawait/core/saved_args.c. */
static void arguments_after_success(void **state)
{
	await_buffer *aw = awaitable(copy, abc, 0);

	(void)state;
	assert_int_equal(retained, 1);
	assert_counts(0, 0);
	assert_string_equal(await_get(aw).data, "abc");
	assert_counts(1, 0);
	assert_contains(LINE_OF(aw), " copy(...) = ");
	await_unref(aw);
	assert_counts(1, 1);
}

struct pair {
	int number;
	int *shared;
};

static int sum(struct pair pair, const int *numbers)
{
	return pair.number + *pair.shared + numbers[0] + numbers[1];
}
AWAITABLE_VALUE(int, sum, (struct pair, pair), (const int *, numbers));

static void argument_aliasing(void **state)
{
	int shared = 10, numbers[] = { 100, 1000 };
	struct pair pair = { 1, &shared };
	await_int *aw = awaitable(sum, pair, numbers);

	(void)state;
	pair.number = -5; /* no effect: it was copied */
	pair.shared = NULL;
	shared = 20; /* has effect: it is behind a pointer */
	numbers[1] = 3000;
	assert_int_equal(await_get(aw), 1 + 20 + 100 + 3000);
	shared = 0; /* too late */
	assert_int_equal(await_get(aw), 3121);
	await_unref(aw);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(failure_of_the_function_at_the_first_wait),
		TEST(wait_after_a_failure),
		TEST(arguments_after_success),
		TEST(argument_aliasing),
	};

	return cmocka_run_group_tests_name("failing", tests, NULL, NULL);
}
