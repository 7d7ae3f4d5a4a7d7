/* SPDX-License-Identifier: MIT */
/* The contract, lazy globals: AWAIT_STATIC. */
#define _GNU_SOURCE
#include "contract.h"

#include "../libawait/child.h"

#include <stdio.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

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

static int length_of(const char *text)
{
	return (int)strlen(text);
}
AWAITABLE_VALUE(int, length_of, (const char *, text, free, strdup));

static int add(int *out, await_int *other, int more)
{
	int rc = await_wait(other, out);

	*out += more;
	return rc;
}
AWAITABLE(int, add, (await_int *, other, await_unref, await_ref), (int, more));

static void start(void)
{
	runs++;
}
AWAITABLE_ACTION(start);

AWAIT_STATIC(seven, load, 7);
AWAIT_STATIC(length, length_of, "seven");
AWAIT_STATIC(sum, add, seven(), await_get(length()));
AWAIT_STATIC(started, start);

static void a_lazy_global(void **state)
{
	await_int *before;

	(void)state;
	assert_int_equal(await_state(seven()), AWAIT_PENDING);
	before = seven();
	assert_int_equal(await_get(seven()), 7);
	assert_int_equal(await_get(sum()), 12);
	assert_ptr_equal(seven(), before);
	assert_int_equal(runs, 1);
	assert_int_equal(await_wait(started(), NULL), 0);
	assert_int_equal(await_wait(started(), NULL), 0);
	assert_int_equal(runs, 2);
	assert_contains(LINE_OF(seven()), ", static seven");
	await_static_reset(sum);
	await_static_reset(length);
	await_static_reset(started);
	await_static_reset(seven);
	assert_false(await_is_valid(before));
}

enum { MOST = 8, ROUNDS = 50 };
static pthread_barrier_t go;
static await_int *got[MOST];

static void *use_first(void *at)
{
	pthread_barrier_wait(&go);
	*(await_int **)at = length();
	await_get(length());
	await_get(seven());
	return NULL;
}

static void many_threads_use_a_lazy_global_first(void **state)
{
	pthread_t threads[MOST];

	(void)state;
	pthread_barrier_init(&go, NULL, MOST);
	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < MOST; i++)
			assert_int_equal(pthread_create(&threads[i], NULL,
							use_first, &got[i]),
					 0);
		for (int i = 0; i < MOST; i++)
			pthread_join(threads[i], NULL);
		for (int i = 0; i < MOST; i++)
			assert_ptr_equal(got[i], length());
		assert_int_equal(runs, round + 1);
		await_static_reset(length);
		await_static_reset(seven);
	}
	pthread_barrier_destroy(&go);
}

static int use_itself(int *out);
AWAITABLE(int, use_itself);
AWAIT_STATIC(itself, use_itself);
static int use_itself(int *out)
{
	return await_wait(itself(), out);
}

static void a_lazy_global_that_waits_for_itself(void **state)
{
	(void)state;
	record();
	assert_int_equal(await_wait(itself(), NULL), -EDEADLK);
	assert_int_equal(seen_count(AWAIT_EVENT_CYCLE, await_id(itself())), 1);
	assert_int_equal(await_error(itself()), -EDEADLK);
	await_static_reset(itself);
}

static void reset_of_a_lazy_global(void **state)
{
	await_int *mine, *next;

	(void)state;
	await_static_reset(seven); /* there is none */
	await_get(seven());
	mine = await_static_ref(seven);
	assert_ptr_equal(mine, seven());
	await_static_reset(seven);
	assert_int_equal(await_get(mine), 7); /* one's own reference */
	next = await_static_ref(seven);
	assert_ptr_not_equal(next, mine);
	assert_int_equal(await_get(next), 7);
	assert_int_equal(runs, 2);
	await_unref(mine);
	await_unref(next);
	await_static_reset(seven);
}

static void *hold_for_a_while(void *stop)
{
	while (!atomic_load_explicit((atomic_int *)stop,
				     memory_order_relaxed)) {
		await_int *aw = await_static_ref(seven);

		if (await_wait(aw, NULL) != 0)
			return stop;
		await_unref(aw);
	}
	return NULL;
}

static void reset_while_others_hold_it(void **state)
{
	atomic_int stop = 0;
	pthread_t threads[4];
	void *failed;

	(void)state;
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL,
						hold_for_a_while, &stop),
				 0);
	while (atomic_load_explicit(&runs, memory_order_relaxed) < 200)
		await_static_reset(seven);
	atomic_store_explicit(&stop, 1, memory_order_relaxed);
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], &failed);
		assert_null(failed);
	}
	await_static_reset(seven);
}

static atomic_int hang;
static int hang_on(int *out)
{
	*out = 1;
	while (atomic_load_explicit(&hang, memory_order_relaxed))
		sched_yield();
	return 0;
}
AWAITABLE(int, hang_on);
AWAIT_STATIC(hanging, hang_on);

static void a_lazy_global_in_a_forked_child(void **state)
{
	struct waiter waiter;
	pid_t pid;

	(void)state;
	assert_int_equal(await_get(seven()), 7);
	atomic_store_explicit(&hang, 1, memory_order_relaxed);
	waiters_start(&waiter, 1, hanging());
	while (await_state(hanging()) != AWAIT_RUNNING)
		sched_yield();
	pid = fork();
	if (pid == 0) {
		atomic_store_explicit(&hang, 0, memory_order_relaxed);
		CHECK(await_get(seven()) == 7 && runs == 1);
		CHECK(await_wait(hanging(), NULL) == -ECHILD);
		await_static_reset(hanging);
		CHECK(await_wait(hanging(), NULL) == 0);
		_exit(0);
	}
	assert_int_equal(exit_status_of(pid), 0);
	atomic_store_explicit(&hang, 0, memory_order_relaxed);
	waiters_join(&waiter, 1, 0, 1);
	await_static_reset(hanging);
	await_static_reset(seven);
}

/* --- the report at exit --- */

static void use_globals(void)
{
	await_get(sum());
	await_wait(started(), NULL);
	itself(); /* never waited for */
}

static void keep_one_that_was_reset(void)
{
	(void)await_static_ref(seven);
	await_static_reset(seven);
	await_get(seven());
}

static const struct mode modes[] = {
	MODE(use_globals),
	MODE(keep_one_that_was_reset),
};

static void a_lazy_global_is_no_leak(void **state)
{
	(void)state;
	assert_int_equal(run_again("leaks", "use_globals"), 0);
	assert_contains(text, "await: none alive at exit of process ");
	assert_null(strstr(text, " created "));
	/* Of that there is no handle any more. */
	assert_int_equal(run_again("leaks", "keep_one_that_was_reset"), 0);
	assert_contains(text, "await: alive and never waited for: 1\n"
			      "await:    1 int load created lazy_globals.c:");
	assert_contains(text, " in seven\n");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(a_lazy_global),
		TEST(many_threads_use_a_lazy_global_first),
		TEST(a_lazy_global_that_waits_for_itself),
		TEST(reset_of_a_lazy_global),
		TEST(reset_while_others_hold_it),
		TEST(a_lazy_global_in_a_forked_child),
		TEST(a_lazy_global_is_no_leak),
	};

	if (argc > 1)
		return run_named(modes, sizeof(modes) / sizeof(modes[0]),
				 argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
