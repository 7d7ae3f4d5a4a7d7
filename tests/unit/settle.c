/* SPDX-License-Identifier: MIT */
/* Outcomes other than a first run's: promises, cancelling, deadlines, final
 * failures; and what is made of several awaits. */
#define _GNU_SOURCE
#include "unit.h"

#include <pthread.h>
#include <sched.h>
#include <unistd.h>

struct page {
	int lines;
	double weight;
};

__extension__ struct nothing {
	/* zero bytes in GNU C */
};

AWAIT_TYPE(int, int);
AWAIT_TYPE(count, int);
AWAIT_TYPE(page, struct page);
AWAIT_TYPE(nothing, struct nothing);

static int destroyed, released, retained;
static atomic_int runs, sleepers;

static void text_clear(char **text)
{
	destroyed++;
	free(*text);
}
AWAIT_TYPE(text, char *, text_clear);

static void release(char *text)
{
	released++;
	free(text);
}

static char *retain(char *text)
{
	retained++;
	return strdup(text);
}

static int copy(char **out, char *text)
{
	*out = strdup(text);
	return 0;
}
AWAITABLE(text, copy, (char *, text, release, retain));

static int broken(int *out, char *text)
{
	(void)text;
	*out = 0;
	runs++;
	return -EIO;
}
AWAITABLE_STICKY(int, broken, (char *, text, release, retain));

static int fetch(struct page *out, int rc)
{
	runs++;
	*out = (struct page){ 7, 0.5 };
	return rc;
}
AWAITABLE(page, fetch, (int, rc));
AWAITABLE_PART(int, page_lines, page, lines);

static int do_nothing(struct nothing *out)
{
	(void)out;
	runs++;
	return 0;
}
AWAITABLE(nothing, do_nothing);

static int wait_both(int *out, await_int *a, await_int *b)
{
	int x = 0, y = 0, rc = await_wait(a, &x);

	if (rc == 0)
		rc = await_wait(b, &y);
	*out = x + y;
	return rc;
}
AWAITABLE(int, wait_both, (await_int *, a), (await_int *, b));

static char hello[] = "hello";

static void count_sleeper(struct await_sink *sink, const struct await_event *e)
{
	(void)sink;
	(void)e;
	atomic_fetch_add_explicit(&sleepers, 1, memory_order_relaxed);
}

static struct await_sink sleeper_sink = {
	.event = count_sleeper,
	.events = AWAIT_EVENT_BIT(AWAIT_EVENT_BLOCK_BEGIN) |
		  AWAIT_EVENT_BIT(AWAIT_EVENT_CYCLE),
};

static int setup(void **state)
{
	(void)state;
	destroyed = released = retained = 0;
	atomic_store_explicit(&runs, 0, memory_order_relaxed);
	atomic_store_explicit(&sleepers, 0, memory_order_relaxed);
	return await_sink_add(&sleeper_sink);
}

static int teardown(void **state)
{
	(void)state;
	return await_sink_remove(&sleeper_sink);
}

static void wait_for_sleepers(int count)
{
	while (atomic_load_explicit(&sleepers, memory_order_relaxed) < count)
		sched_yield();
}

struct waiter {
	pthread_t thread;
	await_int *aw;
	int rc, value;
};

static void *wait_thread(void *data)
{
	struct waiter *waiter = data;

	waiter->rc = await_wait(waiter->aw, &waiter->value);
	return NULL;
}

static void start(struct waiter *waiters, int count, await_int *aw)
{
	for (int i = 0; i < count; i++) {
		waiters[i] = (struct waiter){ .aw = aw };
		assert_int_equal(pthread_create(&waiters[i].thread, NULL,
						wait_thread, &waiters[i]),
				 0);
	}
	wait_for_sleepers(count);
}

static void join(struct waiter *waiters, int count, int rc, int value)
{
	for (int i = 0; i < count; i++) {
		pthread_join(waiters[i].thread, NULL);
		assert_int_equal(waiters[i].rc, rc);
		assert_int_equal(waiters[i].value, value);
	}
}

static void a_promise_is_resolved_once(void **state)
{
	await_int *aw = await_promise(int);
	struct waiter waiters[4];

	(void)state;
	assert_int_equal(await_origin(aw), AWAIT_PROMISE);
	assert_int_equal(await_state(aw), AWAIT_PENDING);
	assert_int_equal(await_peek(aw, NULL), -EAGAIN);
	start(waiters, 4, aw);
	assert_int_equal(await_resolve(aw, 42), 0);
	join(waiters, 4, 0, 42);
	assert_int_equal(await_resolve(aw, 43), -EALREADY);
	assert_int_equal(await_reject(aw, -EIO), -EALREADY);
	assert_int_equal(await_cancel(aw), -EALREADY);
	assert_int_equal(await_get(aw), 42);
	assert_int_equal(await_attempts(aw), 0);
	await_unref(aw);
}

static void a_promise_is_rejected_once(void **state)
{
	await_int *aw = await_promise(int), *lazy = awaitable(page_lines, NULL);
	struct waiter waiters[4];

	(void)state;
	start(waiters, 4, aw);
	assert_int_equal(await_reject(aw, 0), -EINVAL);
	assert_int_equal(await_reject(aw, 5), -EINVAL);
	assert_int_equal(await_reject(aw, -EPIPE), 0);
	join(waiters, 4, -EPIPE, 0);
	assert_int_equal(await_resolve(aw, 1), -EALREADY);
	assert_int_equal(await_wait(aw, NULL), -EPIPE);
	assert_int_equal(await_state(aw), AWAIT_FAILED);
	assert_int_equal(await_resolve(lazy, 1), -EINVAL);
	assert_int_equal(await_resolve((await_int *)NULL, 1), -EINVAL);
	await_unref(aw);
	await_unref(lazy);
}

static void a_promised_value_is_destroyed_once(void **state)
{
	await_text *kept = await_promise(text), *dropped = await_promise(text);
	char *second = strdup("b");

	(void)state;
	assert_int_equal(await_resolve(kept, strdup("a")), 0);
	assert_int_equal(await_resolve(kept, second), -EALREADY);
	free(second); /* still ours */
	await_unref(kept);
	assert_int_equal(destroyed, 1);
	await_unref(dropped);
	assert_int_equal(destroyed, 1);
}

struct race {
	pthread_t thread;
	await_int *aw;
	int mine, rc;
};

static void *resolve_thread(void *data)
{
	struct race *race = data;

	race->rc = await_resolve(race->aw, race->mine);
	return NULL;
}

static void one_of_many_resolves(void **state)
{
	(void)state;
	for (int round = 0; round < 200; round++) {
		struct race races[4];
		await_int *aw = await_promise(int);
		int won = 0, value;

		for (int i = 0; i < 4; i++) {
			races[i] = (struct race){ .aw = aw, .mine = i };
			pthread_create(&races[i].thread, NULL, resolve_thread,
				       &races[i]);
		}
		value = await_get(aw);
		for (int i = 0; i < 4; i++) {
			pthread_join(races[i].thread, NULL);
			won += races[i].rc == 0;
			assert_int_equal(races[i].rc == 0, value == i);
			assert_true(races[i].rc == 0 ||
				    races[i].rc == -EALREADY);
		}
		assert_int_equal(won, 1);
		await_unref(aw);
	}
}

static void cancel_before_it_runs(void **state)
{
	await_text *aw = awaitable(copy, hello);

	(void)state;
	assert_int_equal(await_cancel(aw), 0);
	assert_int_equal(released, 1);
	assert_int_equal(await_state(aw), AWAIT_CANCELLED);
	assert_int_equal(await_wait(aw, NULL), -ECANCELED);
	assert_int_equal(await_peek(aw, NULL), -EAGAIN);
	assert_int_equal(await_cancel(aw), -EALREADY);
	await_unref(aw);
	assert_int_equal(released, 1);
	assert_int_equal(destroyed, 0);
	assert_int_equal(await_cancel((await_text *)NULL), -EINVAL);
}

static void cancel_wakes_those_who_wait(void **state)
{
	await_int *aw = await_promise(int);
	struct waiter waiters[3];

	(void)state;
	start(waiters, 3, aw);
	assert_int_equal(await_cancel(aw), 0);
	join(waiters, 3, -ECANCELED, 0);
	await_unref(aw);
}

static void cancel_is_too_late_once_it_ran(void **state)
{
	await_int *inner = await_promise(int);
	await_int *aw = awaitable(wait_both, inner, inner);
	await_page *failed = awaitable(fetch, -EIO);
	struct waiter waiter;

	(void)state;
	start(&waiter, 1, aw);
	assert_int_equal(await_cancel(aw), -EBUSY);
	assert_int_equal(await_resolve(inner, 4), 0);
	join(&waiter, 1, 0, 8);
	assert_int_equal(await_cancel(aw), -EALREADY);
	assert_int_equal(await_wait(failed, NULL), -EIO);
	assert_int_equal(await_cancel(failed), -EALREADY);
	await_unref(aw);
	await_unref(inner);
	await_unref(failed);
}

static struct timespec in_ms(long ms)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	ts.tv_nsec += ms * 1000000;
	ts.tv_sec += ts.tv_nsec / 1000000000;
	ts.tv_nsec %= 1000000000;
	return ts;
}

static void a_deadline_ends_blocking(void **state)
{
	await_int *aw = await_promise(int), *null = NULL;
	struct timespec soon = in_ms(20), past = { 0, 0 }, before = { -1, 0 };
	struct timespec bad = { 0, 1000000000 }, later = in_ms(60000);
	int value = -1;

	(void)state;
	assert_int_equal(await_wait_until(aw, &value, &soon), -ETIMEDOUT);
	assert_int_equal(await_wait_until(aw, &value, &past), -ETIMEDOUT);
	assert_int_equal(await_wait_until(aw, &value, &before), -ETIMEDOUT);
	assert_int_equal(await_wait_until(aw, &value, &bad), -EINVAL);
	assert_int_equal(await_wait_until(null, &value, &soon), -EINVAL);
	assert_int_equal(value, -1);
	assert_int_equal(await_resolve(aw, 3), 0);
	assert_int_equal(await_wait_until(aw, &value, &past), 0);
	assert_int_equal(value, 3);
	assert_int_equal(await_wait_until(aw, &value, &later), 0);
	assert_int_equal(await_wait_until(aw, NULL, NULL), 0);
	await_unref(aw);
}

static void a_deadline_does_not_stop_an_own_run(void **state)
{
	await_page *aw = awaitable(fetch, 0);
	struct timespec past = { 0, 0 };

	(void)state;
	assert_int_equal(await_wait_until(aw, NULL, &past), 0);
	assert_int_equal(runs, 1);
	await_unref(aw);
}

/*
 * A waiter that has given up is no edge of a cycle any more: this thread gives
 * up on slow; then slow's thread waits for what this thread runs.
 */
static await_int *promised;

static int run_by_main(int *out)
{
	*out = 3;
	await_resolve(promised, 2);
	wait_for_sleepers(3); /* slow's thread waits for us, or was refused */
	return 0;
}
AWAITABLE(int, run_by_main);

static void giving_up_leaves_no_edge(void **state)
{
	await_int *mine = awaitable(run_by_main), *slow;
	struct timespec soon = in_ms(20);
	struct waiter waiter;

	(void)state;
	promised = await_promise(int);
	slow = awaitable(wait_both, promised, mine);
	start(&waiter, 1, slow);
	assert_int_equal(await_wait_until(slow, NULL, &soon), -ETIMEDOUT);
	assert_int_equal(await_get(mine), 3);
	join(&waiter, 1, 0, 5);
	await_unref(slow);
	await_unref(mine);
	await_unref(promised);
}

static void a_sticky_failure_is_final(void **state)
{
	await_int *aw = awaitable(broken, hello);

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(await_wait(aw, NULL), -EIO);
	assert_int_equal(runs, 1);
	assert_int_equal(await_attempts(aw), 1);
	assert_int_equal(await_error(aw), -EIO);
	await_unref(aw);
	assert_int_equal(released, 1);
}

static void wait_all_collects_every_error(void **state)
{
	await_page *aws[] = { awaitable(fetch, 0), awaitable(fetch, -EIO),
			      awaitable(fetch, 0), NULL,
			      awaitable(fetch, -EPIPE) };
	int errors[5];
	size_t first = 99;

	(void)state;
	assert_int_equal(await_wait_all(aws, 5, errors, &first), -EIO);
	assert_int_equal(first, 1);
	assert_int_equal(errors[0], 0);
	assert_int_equal(errors[1], -EIO);
	assert_int_equal(errors[2], 0);
	assert_int_equal(errors[3], -EINVAL);
	assert_int_equal(errors[4], -EPIPE);
	assert_int_equal(runs, 4);
	assert_int_equal(await_wait_all(aws, 1, NULL, &first), 0);
	assert_int_equal(first, 1);
	assert_int_equal(await_wait_all(aws, 0, NULL, NULL), 0);
	for (int i = 0; i < 5; i++)
		await_unref(aws[i]);
}

static void a_part_waits_for_the_whole_once(void **state)
{
	await_page *page = awaitable(fetch, 0), *bad = awaitable(fetch, -EIO);
	await_int *lines = awaitable(page_lines, page);
	await_int *again = awaitable(page_lines, page);
	await_int *never = awaitable(page_lines, bad);

	(void)state;
	await_unref(page); /* the parts hold it */
	assert_int_equal(runs, 0);
	assert_int_equal(await_get(lines), 7);
	assert_int_equal(await_get(again), 7);
	assert_int_equal(runs, 1);
	assert_int_equal(await_wait(never, NULL), -EIO);
	await_unref(lines);
	await_unref(again);
	await_unref(bad);
	await_unref(never);
	assert_int_equal(await_core_state(&page->head), AWAIT_FREE);
	assert_int_equal(await_core_state(&bad->head), AWAIT_FREE);
}

static void a_cast_keeps_the_await(void **state)
{
	await_int *aw = await_nowait(int, 5);
	await_count *count = await_cast(count, aw);

	(void)state;
	assert_int_equal(await_get(count), 5);
	assert_ptr_equal(count, aw);
	await_unref(aw);
}

static void values_may_have_no_size(void **state)
{
	await_nothing *aw = awaitable(do_nothing);

	(void)state;
	assert_int_equal(await_wait(aw, NULL), 0);
	assert_int_equal(await_wait(aw, NULL), 0);
	assert_int_equal(runs, 1);
	await_unref(aw);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_promise_is_resolved_once),
		TEST(a_promise_is_rejected_once),
		TEST(a_promised_value_is_destroyed_once),
		TEST(one_of_many_resolves),
		TEST(cancel_before_it_runs),
		TEST(cancel_wakes_those_who_wait),
		TEST(cancel_is_too_late_once_it_ran),
		TEST(a_deadline_ends_blocking),
		TEST(a_deadline_does_not_stop_an_own_run),
		TEST(giving_up_leaves_no_edge),
		TEST(a_sticky_failure_is_final),
		TEST(wait_all_collects_every_error),
		TEST(a_part_waits_for_the_whole_once),
		TEST(a_cast_keeps_the_await),
		TEST(values_may_have_no_size),
	};

	alarm(120);
	return cmocka_run_group_tests_name("settle", tests, NULL, NULL);
}
