/* SPDX-License-Identifier: MIT */
/*
 * The contract, first table, continued: passing awaits around, waiting for
 * them, recognizing and tracing them.
 */
#define _GNU_SOURCE
#include "contract.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

struct page {
	int lines;
	double weight;
};

AWAIT_TYPE(page, struct page);
AWAIT_TYPE(lazy, await_int *);

static int runs;

static int setup(void **state)
{
	(void)state;
	runs = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	record_stop();
	return 0;
}

static int fetch(struct page *out, const char *path, int depth)
{
	runs++;
	*out = (struct page){ (int)strlen(path) * depth, 0.5 };
	return 0;
}
AWAITABLE(page, fetch, (const char *, path), (int, depth));

static int delayed(int z)
{
	runs++;
	return z + 3;
}
AWAITABLE_VALUE(int, delayed, (int, z));

static await_int *make_lazy(int z)
{
	return awaitable(delayed, z);
}
AWAITABLE_VALUE(lazy, make_lazy, (int, z));

static void await_nested(void **state)
{
	await_lazy *outer;
	await_int *inner;

	(void)state;
	record();
	outer = awaitable(make_lazy, 4);
	inner = await_get(outer);
	assert_int_equal(await_state(inner), AWAIT_PENDING);
	assert_int_equal(runs, 0);
	assert_int_equal(await_get(inner), 7);
	assert_int_equal(seen_count(AWAIT_EVENT_EXEC_BEGIN, 0), 2);
	assert_int_equal(
		seen(AWAIT_EVENT_CREATE, await_id(inner), 0)->event.parent,
		await_id(outer));
	assert_int_equal(
		seen(AWAIT_EVENT_EXEC_END, await_id(outer), 0)->event.parent,
		0);
	assert_int_equal(seen_count(AWAIT_EVENT_EXEC_END, await_id(inner)), 1);
	await_unref(inner);
	await_unref(outer);
}

static void await_isinstance(void **state)
{
	await_int *aw = awaitable(delayed, 1), foreign = { .value = 0 };
	await_int *other = await_promise(int);

	(void)state;
	/* Neighbours in one slab, which keep the freed slot below mapped. */
	assert_true(await_is_valid(aw));
	assert_true(await_is_valid(other));
	foreign.head.site = aw->head.site;
	await_core_publish(&foreign.head, AWAIT_PENDING);
	assert_false(await_is_valid(&foreign));
	assert_false(await_is_valid(&aw->value));
	assert_false(await_is_valid(NULL));
	assert_int_equal(await_get(aw), 4);
	assert_true(await_is_valid(aw));
	await_unref(aw);
	assert_false(await_is_valid(aw));
	assert_true(await_is_valid(other));
	await_unref(other);
}

static void await_eager_lazy(void **state)
{
	await_page *aw = awaitable(fetch, "abc", 3);
	int null = open("/dev/null", O_WRONLY);

	(void)state;
	await_unref(await_ref(aw));
	assert_int_equal(await_dump(null), 0);
	close(null);
	assert_int_equal(await_peek(aw, NULL), -EAGAIN);
	assert_int_equal(await_error(aw), 0);
	assert_int_equal(await_attempts(aw), 0);
	assert_true(await_id(aw) != 0);
	assert_true(await_is_valid(aw));
	assert_contains(LINE_OF(aw), "pending");
	assert_int_equal(runs, 0);
	assert_int_equal(await_state(aw), AWAIT_PENDING);
	assert_int_equal(AWAIT_FIELD(aw, lines), 9);
	assert_int_equal(runs, 1);
	await_unref(aw);
}

static void *make_and_go(void *handle)
{
	*(await_int **)handle = awaitable(delayed, 5);
	return NULL;
}

static void await_out_of_interpreter(void **state)
{
	await_int *aw = NULL;
	pthread_t maker;

	(void)state;
	assert_int_equal(pthread_create(&maker, NULL, make_and_go, &aw), 0);
	pthread_join(maker, NULL);
	assert_int_equal(runs, 0);
	assert_int_equal(await_get(aw), 8);
	assert_int_equal(runs, 1);
	await_unref(aw);
}

/* --- jit_trace: one program, and the log that it writes of itself --- */

static char told[200];

static int step(int *out, int x)
{
	static int failed;
	char word[20];

	snprintf(word, sizeof(word), "step %d,", x);
	strcat(told, word);
	*out = x;
	return x == 2 && failed++ % 2 == 0 ? -EAGAIN : 0;
}
AWAITABLE(int, step, (int, x));

static int both(int *out, await_int *a, await_int *b)
{
	int rc = await_wait(b, NULL);

	if (rc == 0)
		rc = await_wait(a, out);
	strcat(told, "both,");
	return rc;
}
AWAITABLE(int, both, (await_int *, a), (await_int *, b));

static void wait_and_tell(await_int *aw)
{
	int value = -1, rc = await_wait(aw, &value);
	char word[40];

	snprintf(word, sizeof(word), "=%d/%d,", rc, value);
	strcat(told, word);
}

/* The variants differ in halfway() and in what is on at first. */
static void program(void (*halfway)(void))
{
	await_int *a = awaitable(step, 1), *b = awaitable(step, 2);
	await_int *sum = awaitable(both, a, b), *now = await_nowait(int, 3);

	told[0] = '\0';
	wait_and_tell(sum);
	halfway();
	wait_and_tell(sum);
	wait_and_tell(b);
	wait_and_tell(now);
	await_unref(sum);
	await_unref(a);
	await_unref(b);
	await_unref(now);
}

static void nothing(void)
{
}

static void look(void)
{
	int null = open("/dev/null", O_WRONLY);

	assert_int_equal(await_dump(null), 0);
	close(null);
}

static void jit_trace(void **state)
{
	static const char plain[] = "step 2,both,=-11/-1,step 2,step 1,both,"
				    "=0/1,=0/2,=0/3,";

	(void)state;
	_Static_assert(EAGAIN == 11, "as in the text above");
	program(nothing);
	assert_string_equal(told, plain);
	program(look);
	assert_string_equal(told, plain);
	program(record);
	assert_string_equal(told, plain);
	assert_true(seen_count(AWAIT_EVENT_EXEC_BEGIN, 0) == 3);
	record();
	program(nothing);
	assert_string_equal(told, plain);
	assert_true(seen_count(AWAIT_EVENT_EXEC_BEGIN, 0) == 5);
	record();
	program(record_stop);
	assert_string_equal(told, plain);
	assert_true(seen_count(AWAIT_EVENT_EXEC_BEGIN, 0) == 2);
}

struct out {
	int first;
	int list[3];
};
AWAIT_TYPE(out, struct out);

static int several(struct out *out, int from)
{
	runs++;
	*out = (struct out){ from, { from + 1, from + 2, from + 3 } };
	return 0;
}
AWAITABLE(out, several, (int, from));

static void await_multiout_save(void **state)
{
	await_out *aw;
	struct out out;

	(void)state;
	record();
	aw = awaitable(several, 5);
	assert_int_equal(await_wait(aw, &out), 0);
	assert_int_equal(out.first, 5);
	for (int i = 0; i < 3; i++)
		assert_int_equal(out.list[i], 6 + i);
	assert_string_equal(seen(AWAIT_EVENT_EXEC_BEGIN, await_id(aw), 0)
				    ->event.site->func->name,
			    "several");
	assert_contains(LINE_OF(aw), " several(");
	await_unref(aw);
}

/* --- await_func_arg --- */

__attribute__((noinline)) static await_int *creator(void)
{
	await_int *aw = awaitable(delayed, 1);

	__asm__ volatile("");
	return aw;
}

static int callee(int *out, await_int *arg)
{
	*out = await_get(arg);
	return 0;
}
AWAITABLE(int, callee, (await_int *, arg));

static void await_func_arg(void **state)
{
	const struct await_event *made, *waited, *waiter;
	await_int *arg, *aw;

	(void)state;
	record();
	arg = creator();
	aw = awaitable(callee, arg);
	assert_int_equal(await_get(aw), 4);
	made = &seen(AWAIT_EVENT_CREATE, await_id(arg), 0)->event;
	waited = &seen(AWAIT_EVENT_EXEC_BEGIN, await_id(arg), 0)->event;
	waiter = &seen(AWAIT_EVENT_EXEC_BEGIN, await_id(aw), 0)->event;
	/* Made in creator(), outside of any await; waited for in aw's function.
	 */
	assert_int_equal(made->parent, 0);
	assert_string_equal(made->site->function, "creator");
	assert_int_equal(waited->parent, await_id(aw));
	assert_ptr_equal(waited->site, made->site);
	assert_int_equal(waiter->parent, 0);
	/* Three calls, each in a function of its own. */
	assert_non_null(made->addr);
	assert_ptr_not_equal(made->addr, waited->addr);
	assert_ptr_not_equal(waited->addr, waiter->addr);
	assert_ptr_not_equal(made->addr, waiter->addr);
	await_unref(aw);
	await_unref(arg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(await_nested),	TEST(await_isinstance),
		TEST(await_eager_lazy), TEST(await_out_of_interpreter),
		TEST(jit_trace),	TEST(await_multiout_save),
		TEST(await_func_arg),
	};

	alarm(120);
	return cmocka_run_group_tests_name("reference-use", tests, NULL, NULL);
}
