/* SPDX-License-Identifier: MIT */
/* LIBAWAIT_DEBUG=args: arguments stay until the await ends, shown and released
 * once. Each test runs in a child process that has the option. */
#define _GNU_SOURCE
#include "unit.h"

#include "child.h"

#include <await/inspect.h>

#include <pthread.h>

AWAIT_TYPE(int, int);

static atomic_int created, released, fails;

static void release(const char *name)
{
	(void)name;
	atomic_fetch_add_explicit(&released, 1, memory_order_relaxed);
}

static int measure(int *out, const char *name, int times)
{
	*out = (int)strlen(name) * times;
	return atomic_load_explicit(&fails, memory_order_relaxed) ? -EIO : 0;
}
AWAITABLE(int, measure, (const char *, name, release), (int, times));

static int nothing(void)
{
	return 7;
}
AWAITABLE_VALUE(int, nothing);

static int releases(void)
{
	return atomic_load_explicit(&released, memory_order_relaxed);
}

static bool shows(await_int *aw, const char *what)
{
	char line[200];

	await_describe(aw, line, sizeof(line));
	return strstr(line, what) != NULL;
}

static void keep_until_the_await_ends(void)
{
	await_int *aw = awaitable(measure, "four", 3);
	await_int *without = awaitable(nothing);

	CHECK(await_get(aw) == 12 && releases() == 0);
	CHECK(shows(
		aw,
		" resolved measure(\"four\", 3) = 12 waited for at unit-saved_args+0x"));
	await_unref(aw);
	CHECK(releases() == 1);
	CHECK(await_get(without) == 7 && shows(without, " nothing() = 7 "));
	await_unref(without);
}

/* What is not resolved has its arguments in the slot, as ever. */
static void end_in_every_other_way(void)
{
	await_int *aw = awaitable(measure, "a", 1);

	atomic_store_explicit(&fails, 1, memory_order_relaxed);
	CHECK(await_wait(aw, NULL) == -EIO && releases() == 0);
	CHECK(shows(aw, " failed measure(\"a\", 1): -EIO"));
	await_unref(aw);
	CHECK(releases() == 1);
	aw = awaitable(measure, "b", 1);
	await_wait(aw, NULL);
	atomic_store_explicit(&fails, 0, memory_order_relaxed);
	CHECK(await_wait(aw, NULL) == 0 && releases() == 1);
	CHECK(shows(aw, " resolved measure(\"b\", 1) = 1"));
	await_unref(aw);
	CHECK(releases() == 2);
	aw = awaitable(measure, "c", 1);
	CHECK(await_cancel(aw) == 0 && releases() == 3);
	await_unref(aw);
	await_unref(awaitable(measure, "d", 1));
	CHECK(releases() == 4);
}

/* A slot's next life has nothing of the last one. */
static void use_a_slot_again_and_again(void)
{
	for (int i = 0; i < 3000; i++) {
		await_int *aw = awaitable(measure, "x", i);

		CHECK(await_get(aw) == i);
		await_unref(aw);
		aw = awaitable(nothing);
		CHECK(await_get(aw) == 7 && shows(aw, "nothing() = 7"));
		await_unref(aw);
		aw = await_nowait(int, i);
		CHECK(!shows(aw, "("));
		await_unref(aw);
	}
	CHECK(releases() == 3000);
}

/* The last reference goes while it runs: the await has its copy already. */
static await_int *itself;
static int drop_itself(int *out, const char *name)
{
	*out = (int)strlen(name);
	await_unref(itself);
	return 0;
}
AWAITABLE(int, drop_itself, (const char *, name, release));

static void drop_the_last_reference_while_it_runs(void)
{
	itself = awaitable(drop_itself, "x");
	CHECK(await_wait(itself, NULL) == -ECANCELED && releases() == 1);
}

static void *churn(void *unused)
{
	for (int i = 0; i < 5000; i++) {
		await_int *aw = awaitable(measure, "x", i);
		int n = i, rc = await_wait(aw, &n);

		if (aw)
			atomic_fetch_add_explicit(&created, 1,
						  memory_order_relaxed);
		/* Out of memory: either not made, or no room for the thread. */
		CHECK(n == i && (rc == 0 || rc == (aw ? -EAGAIN : -EINVAL)));
		await_unref(aw);
	}
	return unused;
}

static void make_and_drop_on_three_threads(void)
{
	pthread_t ids[3];

	for (int i = 0; i < 3; i++)
		pthread_create(&ids[i], NULL, churn, NULL);
	for (int i = 0; i < 3; i++)
		pthread_join(ids[i], NULL);
	CHECK(releases() ==
	      atomic_load_explicit(&created, memory_order_relaxed));
	CHECK(releases() >= 14990);
}

/* Without the option the value takes their place. */
static void release_once_resolved(void)
{
	await_int *aw = awaitable(measure, "four", 3);

	CHECK(await_get(aw) == 12 && releases() == 1);
	CHECK(shows(aw, " resolved measure(...) = 12 created"));
	await_unref(aw);
	CHECK(releases() == 1);
}

static const struct mode modes[] = {
	MODE(keep_until_the_await_ends),
	MODE(end_in_every_other_way),
	MODE(drop_the_last_reference_while_it_runs),
	MODE(use_a_slot_again_and_again),
	MODE(make_and_drop_on_three_threads),
	MODE(release_once_resolved),
};

static void arguments_are_kept(void **state)
{
	(void)state;
	assert_int_equal(run_again("args", "keep_until_the_await_ends"), 0);
	assert_int_equal(run_again("", "release_once_resolved"), 0);
}

static void arguments_are_released_once_however_it_ends(void **state)
{
	(void)state;
	assert_int_equal(run_again("args", "end_in_every_other_way"), 0);
	assert_int_equal(
		run_again("args", "drop_the_last_reference_while_it_runs"), 0);
}

static void a_slot_forgets_its_last_life(void **state)
{
	(void)state;
	assert_int_equal(run_again("args", "use_a_slot_again_and_again"), 0);
	assert_int_equal(run_again("args,check", "use_a_slot_again_and_again"),
			 0);
}

static void many_threads_keep_arguments(void **state)
{
	(void)state;
	assert_int_equal(run_again("args", "make_and_drop_on_three_threads"),
			 0);
}

/* Where a request is refused, the run proceeds as if the option were off. */
static void without_memory_arguments_are_not_kept(void **state)
{
	char debug[40];

	(void)state;
	for (int i = 1; i < 40; i++) {
		snprintf(debug, sizeof(debug), "args,fail-alloc=%d", i);
		assert_int_equal(
			run_again(debug, "make_and_drop_on_three_threads"), 0);
		assert_string_equal(text, "");
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arguments_are_kept),
		cmocka_unit_test(arguments_are_released_once_however_it_ends),
		cmocka_unit_test(a_slot_forgets_its_last_life),
		cmocka_unit_test(many_threads_keep_arguments),
		cmocka_unit_test(without_memory_arguments_are_not_kept),
	};

	if (argc > 1)
		return run_named(modes, sizeof(modes) / sizeof(modes[0]),
				 argv[1]);
	alarm(120);
	return cmocka_run_group_tests_name("saved_args", tests, NULL, NULL);
}
