/* SPDX-License-Identifier: MIT */
/*
 * The contract, what is declared and the library then does by itself: awaits
 * that hold awaits, actions, parts by index and strings that are kept.
 */
#define _GNU_SOURCE
#include "contract.h"

#include <string.h>

static atomic_int runs;

static int setup(void **state)
{
	(void)state;
	atomic_store_explicit(&runs, 0, memory_order_relaxed);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	record_stop();
	return 0;
}

static int load(int x)
{
	atomic_fetch_add_explicit(&runs, 1, memory_order_relaxed);
	return x;
}
AWAITABLE_VALUE(int, load, (int, x));

/* --- awaits in awaits --- */

static int add(int *out, await_int *other, int more)
{
	int rc = await_wait(other, out);

	*out += more;
	return rc;
}
AWAITABLE(int, add, (await_int *, other, await_unref, await_ref), (int, more));

static void an_await_as_an_argument(void **state)
{
	await_int *seven = awaitable(load, 7);
	await_int *waited = awaitable(add, seven, 1);
	await_int *dropped = awaitable(add, seven, 2);
	const void *handle = seven;

	(void)state;
	await_unref(seven);
	await_unref(dropped);
	assert_true(await_is_valid(handle));
	assert_int_equal(await_get(waited), 8);
	assert_false(await_is_valid(handle)); /* as other arguments are */
	assert_int_equal(runs, 1);
	await_unref(waited);
}

AWAIT_TYPE(later, await_int *, await_drop);

static int plan(await_int **out, int x)
{
	*out = awaitable(load, x);
	return 0;
}
AWAITABLE(later, plan, (int, x));

static void an_await_as_a_value(void **state)
{
	await_later *later = awaitable(plan, 7);
	await_later *given = await_nowait(later, awaitable(load, 8));
	const void *handle = await_get(later);
	await_int *none = NULL;

	(void)state;
	assert_int_equal(runs, 0);
	assert_int_equal(await_get(await_get(later)), 7);
	await_unref(later);
	assert_false(await_is_valid(handle));
	await_drop(&given);
	assert_null(given);
	await_drop(&none);
}

/* --- actions --- */

static int connect_to(int tries)
{
	return ++runs < tries ? -EAGAIN : 0;
}
AWAITABLE_ACTION(connect_to, (int, tries));

static void start(void)
{
	runs++;
}
AWAITABLE_ACTION(start);

static void an_action_without_a_value(void **state)
{
	await_action *up = awaitable(connect_to, 2), *started;
	await_action *event = await_promise(action);

	(void)state;
	assert_int_equal(await_wait(up, NULL), -EAGAIN);
	assert_int_equal(await_wait(up, NULL), 0);
	assert_int_equal(await_wait(up, NULL), 0);
	assert_int_equal(runs, 2);
	started = awaitable(start);
	assert_int_equal(await_wait(started, NULL), 0);
	assert_int_equal(await_wait(started, NULL), 0);
	assert_int_equal(runs, 3);
	assert_contains(LINE_OF(started), "action resolved start() = done");
	assert_int_equal(await_resolve(event, AWAIT_DONE), 0);
	await_get(event);
	await_unref(up);
	await_unref(started);
	await_unref(event);
}

/* --- parts --- */

struct row {
	int cells[3];
};
AWAIT_TYPE(row, struct row);

static int fill(struct row *out, int rc)
{
	runs++;
	*out = (struct row){ { 10, 11, 12 } };
	return rc;
}
AWAITABLE(row, fill, (int, rc));
AWAITABLE_PART_AT(int, cell, row, cells);

static void a_part_by_its_index(void **state)
{
	await_row *row = awaitable(fill, 0), *bad = awaitable(fill, -EIO);
	await_int *part[4];
	await_int *failed = awaitable(cell, bad, 1);

	(void)state;
	for (size_t i = 0; i < 4; i++)
		part[i] = awaitable(cell, row, i);
	assert_int_equal(await_wait(part[3], NULL), -ERANGE);
	assert_int_equal(await_state(row), AWAIT_PENDING);
	await_unref(row);
	for (int i = 0; i < 3; i++)
		assert_int_equal(await_get(part[i]), 10 + i);
	assert_int_equal(runs, 1);
	assert_int_equal(await_wait(failed, NULL), -EIO);
	for (size_t i = 0; i < 4; i++)
		await_unref(part[i]);
	await_unref(bad);
	await_unref(failed);
}

/* --- strings --- */

static int length_of(const char *text)
{
	return (int)strlen(text);
}
AWAITABLE_VALUE(int, length_of, (const char *, text, free, strdup));

static void a_string_that_is_kept(void **state)
{
	char text[] = "four";
	await_int *aw = awaitable(length_of, text);

	(void)state;
	memcpy(text, "five", sizeof(text));
	assert_contains(LINE_OF(aw), "length_of(\"four\")");
	assert_int_equal(await_get(aw), 4);
	await_unref(aw);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_await_as_an_argument),	 TEST(an_await_as_a_value),
		TEST(an_action_without_a_value), TEST(a_part_by_its_index),
		TEST(a_string_that_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
