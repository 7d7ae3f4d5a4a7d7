/* SPDX-License-Identifier: MIT */
/*
 * Rows of the contract about traces, checked with LTTng: this program records
 * itself by libawait-test.
 */
#include "../session.h"

#include <string.h>
#include <unistd.h>

struct page {
	int lines;
	double weight;
};

AWAIT_TYPE(page, struct page);
AWAIT_TYPE(int, int);

static int fetch(struct page *out, const char *path)
{
	*out = (struct page){ (int)strlen(path), 0.5 };
	return 0;
}
AWAITABLE(page, fetch, (const char *, path));

static void await_class_return(void **state)
{
	await_page *aw = awaitable(fetch, "abc");
	int line = __LINE__ - 1, lines = 0;

	(void)state;
	for (int i = 0; i < 3; i++)
		lines += await_get(aw).lines;
	await_unref(aw);
	assert_int_equal(lines, 9);
	end_session();
	assert_await_made_at(trace, "fetch", "traced.c", (unsigned)line);
	assert_await_ran_once(trace, "fetch");
	assert_await_count(trace, await_ran("fetch"), 1);
	assert_await_hits(trace, "fetch", 2);
}

static void await_getattr_implicit_convertion(void **state)
{
	await_page *aw = awaitable(fetch, "abc");
	int first, second;

	(void)state;
	assert_int_equal(AWAIT_FIELD(aw, lines), 3), first = __LINE__;
	assert_true(AWAIT_FIELD(aw, weight) == 0.5), second = __LINE__;
	await_unref(aw);
	end_session();
	assert_await_ran_once(trace, "fetch");
	assert_await_each(trace, await_begins("fetch"),
			  await_called_at("traced.c", (unsigned)first));
	assert_await_hits(trace, "fetch", 1);
	assert_await_each(trace, await_hit("fetch"),
			  await_called_at("traced.c", (unsigned)second));
}

static int delayed(int z)
{
	return z + 3;
}
AWAITABLE_VALUE(int, delayed, (int, z));

enum { CREATOR_LINE = __LINE__ + 4 };

__attribute__((noinline)) static await_int *creator(void)
{
	return awaitable(delayed, 1);
}

static int callee(int *out, await_int *arg)
{
	*out = await_get(arg);
	return 0;
}
AWAITABLE(int, callee, (await_int *, arg));

static void await_func_arg(void **state)
{
	await_int *arg = creator();
	await_int *aw = awaitable(callee, arg);
	int value = await_get(aw);

	(void)state;
	await_unref(aw);
	await_unref(arg);
	assert_int_equal(value, 4);
	end_session();
	/* Creator, waiter, and both sites. */
	assert_await_made_at(trace, "delayed", "traced.c", CREATOR_LINE);
	assert_await_each(trace, await_created("delayed"),
			  await_from("creator"));
	assert_await_first_wait_from(trace, "delayed", "callee");
	assert_await_first_wait_from(trace, "callee", "await_func_arg");
	assert_await_inside(trace, "delayed", "callee");
	assert_await_count(
		trace,
		await_all_of(await_any_event(NULL), await_inside("callee")), 2);
	assert_await_sequence_of(trace, await_begins(NULL),
				 await_begins("callee"),
				 await_begins("delayed"));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(await_class_return),
		TEST(await_getattr_implicit_convertion),
		TEST(await_func_arg),
	};

	alarm(150);
	return cmocka_run_group_tests_name("traced", tests, NULL, NULL);
}
