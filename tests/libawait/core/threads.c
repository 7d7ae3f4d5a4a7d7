/* SPDX-License-Identifier: MIT */
/* Many threads: one error for all who wait, long chains, slots that travel from
 * one thread to another. More is in tests/contract. */
#define _GNU_SOURCE
#include "sleepers.h"

#include <pthread.h>
#include <sched.h>
#include <time.h>
#include <unistd.h>

#define THREADS 8

static atomic_int runs;

AWAIT_TYPE(int, int);

static void nap(int us)
{
	nanosleep(&(struct timespec){ 0, us * 1000L }, NULL);
}

static int work(int *out, int in)
{
	*out = in;
	return 0;
}
AWAITABLE(int, work, (int, in));

struct waiter {
	pthread_t thread;
	await_int *aw;
	int rc, value;
};

static pthread_barrier_t start;

static void *wait_at_once(void *data)
{
	struct waiter *waiter = data;

	pthread_barrier_wait(&start);
	waiter->rc = await_wait(waiter->aw, &waiter->value);
	return NULL;
}

static void run_waiters(struct waiter *waiters, int count)
{
	pthread_barrier_init(&start, NULL, (unsigned)count);
	for (int i = 0; i < count; i++)
		assert_int_equal(pthread_create(&waiters[i].thread, NULL,
						wait_at_once, &waiters[i]),
				 0);
	for (int i = 0; i < count; i++)
		pthread_join(waiters[i].thread, NULL);
	pthread_barrier_destroy(&start);
}

/* Fails only when all others sleep: they must get this run's error. */
static int fail_late(int *out)
{
	(void)out;
	atomic_fetch_add_explicit(&runs, 1, memory_order_relaxed);
	while (atomic_load_explicit(&sleepers, memory_order_relaxed) <
	       THREADS - 1)
		sched_yield();
	return -EIO;
}
AWAITABLE(int, fail_late);

static void a_failure_reaches_every_waiter(void **state)
{
	(void)state;
	assert_int_equal(await_sink_add(&sleeper_sink), 0);
	for (int round = 0; round < 60; round++) {
		struct waiter waiters[THREADS] = { 0 };
		await_int *aw = awaitable(fail_late);

		atomic_store_explicit(&runs, 0, memory_order_relaxed);
		atomic_store_explicit(&sleepers, 0, memory_order_relaxed);
		for (int i = 0; i < THREADS; i++)
			waiters[i].aw = aw;
		run_waiters(waiters, THREADS);
		assert_int_equal(runs, 1);
		assert_int_equal(await_attempts(aw), 1);
		for (int i = 0; i < THREADS; i++) {
			assert_int_equal(waiters[i].rc, -EIO);
			assert_int_equal(waiters[i].value, 0);
		}
		await_unref(aw);
	}
	assert_int_equal(await_sink_remove(&sleeper_sink), 0);
}

/* A chain of sleepers is not a cycle. */
static int chain_wait(int *out, await_int *next)
{
	if (!next) {
		nap(20000);
		*out = 1;
		return 0;
	}
	return await_wait(next, out);
}
AWAITABLE(int, chain_wait, (await_int *, next));

static void a_long_chain_of_sleepers_is_no_cycle(void **state)
{
	struct waiter waiters[32] = { 0 };

	(void)state;
	for (int i = 0; i < 32; i++)
		waiters[i].aw =
			awaitable(chain_wait, i ? waiters[i - 1].aw : NULL);
	run_waiters(waiters, 32);
	for (int i = 0; i < 32; i++) {
		assert_int_equal(waiters[i].rc, 0);
		assert_int_equal(waiters[i].value, 1);
	}
	for (int i = 0; i < 32; i++)
		await_unref(waiters[i].aw);
}

/* Made on one thread, waited for and dropped on others; threads end with full
 * free lists. */
enum { HANDED = 4000 };
static await_int *handed[HANDED];

static void *make_all(void *unused)
{
	(void)unused;
	for (int i = 0; i < HANDED; i++)
		handed[i] = awaitable(work, i);
	return NULL;
}

static void *drop_all(void *unused)
{
	intptr_t wrong = 0;

	(void)unused;
	for (int i = 0; i < HANDED; i++) {
		if (i % 2)
			wrong += await_get(handed[i]) != i;
		await_unref(handed[i]);
	}
	return (void *)wrong;
}

static void slots_travel_between_threads(void **state)
{
	uint64_t first_round = 0, id;

	(void)state;
	for (int round = 0; round < 10; round++) {
		pthread_t thread;
		void *wrong;

		pthread_create(&thread, NULL, make_all, NULL);
		pthread_join(thread, NULL);
		for (int i = 0; i < HANDED; i++) {
			id = await_id(handed[i]) & 0xffffffff;
			if (round == 0 && id > first_round)
				first_round = id;
			/* The slots of ended threads are used again. */
			assert_true(id <= first_round + 1024);
		}
		pthread_create(&thread, NULL, drop_all, NULL);
		pthread_join(thread, &wrong);
		assert_int_equal((intptr_t)wrong, 0);
	}
}

/* More than a thread keeps of a size; made and dropped by a thread that then
 * ends with its lists full. Returns the highest slot it saw. */
enum { MANY = 2000 };
static void *fill_lists(void *unused)
{
	static await_int *aw[MANY];
	uintptr_t most = 0;

	(void)unused;
	for (int i = 0; i < MANY; i++) {
		uint32_t slot;

		aw[i] = await_nowait(int, i);
		slot = (uint32_t)await_id(aw[i]);
		if (slot > most)
			most = slot;
	}
	for (int i = 0; i < MANY; i++)
		await_unref(aw[i]);
	return (void *)most;
}

static void a_thread_that_ends_returns_its_slots(void **state)
{
	void *first = NULL, *most;
	pthread_t thread;

	(void)state;
	for (int round = 0; round < 20; round++) {
		assert_int_equal(
			pthread_create(&thread, NULL, fill_lists, NULL), 0);
		pthread_join(thread, &most);
		if (round == 0)
			first = most;
		/* All were given back, or each round would need new ones. */
		assert_int_equal((uintptr_t)most, (uintptr_t)first);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_failure_reaches_every_waiter),
		cmocka_unit_test(a_long_chain_of_sleepers_is_no_cycle),
		cmocka_unit_test(slots_travel_between_threads),
		cmocka_unit_test(a_thread_that_ends_returns_its_slots),
	};

	alarm(120); /* a missed wake-up must not hang the suite */
	return cmocka_run_group_tests_name("threads", tests, NULL, NULL);
}
