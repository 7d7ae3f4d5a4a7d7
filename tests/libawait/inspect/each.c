/* SPDX-License-Identifier: MIT */
/* await_each() and await_each_wait(): who runs an await, and who waits for it.
 */
#define _GNU_SOURCE
#include "unit.h"

#include <await/inspect.h>

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <string.h>
#include <unistd.h>

AWAIT_TYPE(int, int);

static sem_t inside, go_on;
static uint32_t runner;

static int slow(int *out)
{
	runner = (uint32_t)gettid();
	sem_post(&inside);
	sem_wait(&go_on);
	*out = 1;
	return 0;
}
AWAITABLE(int, slow);

/* Waits for another. */
static int behind(int *out, await_int *first)
{
	return await_wait(first, out);
}
AWAITABLE(int, behind, (await_int *, first));

static void *wait_in_thread(void *aw)
{
	await_wait((await_int *)aw, NULL);
	return NULL;
}

static int find(const struct await_info *info, void *data)
{
	struct await_info *wanted = data;

	if (info->id == wanted->id)
		*wanted = *info;
	return 0;
}

static struct await_info info_of(await_int *aw)
{
	struct await_info info = { .id = await_id(aw) };

	await_each(find, &info);
	return info;
}

static void who_runs_an_await_and_for_whom(void **state)
{
	await_int *inner = awaitable(slow), *outer = awaitable(behind, inner);
	struct await_info info;
	pthread_t thread;

	(void)state;
	assert_int_equal(info_of(inner).thread, 0);
	assert_null(info_of(inner).addr);
	pthread_create(&thread, NULL, wait_in_thread, outer);
	sem_wait(&inside);
	info = info_of(inner);
	assert_int_equal(info.state, AWAIT_RUNNING);
	assert_int_equal(info.thread, runner);
	assert_int_equal(info.parent, await_id(outer));
	assert_non_null(info.addr);
	info = info_of(outer);
	assert_int_equal(info.thread, runner);
	assert_int_equal(info.parent, 0);
	assert_non_null(info.addr);
	sem_post(&go_on);
	pthread_join(thread, NULL);
	info = info_of(inner);
	assert_int_equal(info.thread, 0);
	assert_int_equal(info.parent, 0);
	assert_null(info.addr);
	await_unref(outer);
	await_unref(inner);
}

enum { PROMISES = 40 };

struct waits {
	struct await_wait_info infos[PROMISES];
	size_t count, most;
};

static int collect(const struct await_wait_info *info, void *data)
{
	struct waits *waits = data;

	assert_in_range(waits->count, 0, PROMISES - 1);
	waits->infos[waits->count++] = *info;
	return waits->count == waits->most;
}

static struct waits waits_now(void)
{
	struct waits waits = { .count = 0 };

	size_t called = await_each_wait(collect, &waits);

	assert_int_equal(called, waits.count);
	return waits;
}

/* Waits until so many waits are there. */
static struct waits waits_until(size_t count)
{
	struct waits waits;

	for (waits = waits_now(); waits.count != count; waits = waits_now())
		sched_yield();
	return waits;
}

static void who_waits_and_for_what(void **state)
{
	await_int *promise = await_promise(int);
	await_int *outer = awaitable(behind, promise);
	struct waits waits;
	pthread_t threads[2];

	(void)state;
	assert_int_equal(waits_now().count, 0);
	pthread_create(&threads[0], NULL, wait_in_thread, outer);
	waits = waits_until(1);
	assert_int_equal(waits.infos[0].id, await_id(promise));
	assert_int_equal(waits.infos[0].waiter, await_id(outer));
	assert_int_equal(waits.infos[0].thread, info_of(outer).thread);
	assert_non_null(waits.infos[0].addr);
	pthread_create(&threads[1], NULL, wait_in_thread, outer);
	waits = waits_until(2);
	for (int i = 0; i < 2; i++)
		if (waits.infos[i].id == await_id(outer))
			assert_int_equal(waits.infos[i].waiter, 0);
	assert_int_not_equal(waits.infos[0].id, waits.infos[1].id);
	assert_int_not_equal(waits.infos[0].thread, waits.infos[1].thread);
	await_resolve(promise, 1);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(waits_now().count, 0);
	await_unref(outer);
	await_unref(promise);
}

static await_int *promises[PROMISES];

static void *wait_for_any(void *unused)
{
	size_t index;

	await_wait_any(promises, PROMISES, NULL, &index);
	return unused;
}

/* More than are copied at once. */
static void each_of_any(void **state)
{
	struct waits waits, one = { .most = 1 };
	pthread_t thread;

	(void)state;
	for (int i = 0; i < PROMISES; i++)
		promises[i] = await_promise(int);
	pthread_create(&thread, NULL, wait_for_any, NULL);
	waits = waits_until(PROMISES);
	for (int i = 0; i < PROMISES; i++) {
		assert_int_equal(waits.infos[i].id, await_id(promises[i]));
		assert_int_equal(waits.infos[i].thread, waits.infos[0].thread);
	}
	assert_int_equal(await_each_wait(collect, &one), 1);
	await_resolve(promises[7], 1);
	pthread_join(thread, NULL);
	assert_int_equal(waits_now().count, 0);
	for (int i = 0; i < PROMISES; i++)
		await_unref(promises[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_runs_an_await_and_for_whom),
		cmocka_unit_test(who_waits_and_for_what),
		cmocka_unit_test(each_of_any),
	};

	sem_init(&inside, 0, 0);
	sem_init(&go_on, 0, 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
