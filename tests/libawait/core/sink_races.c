/* SPDX-License-Identifier: MIT */
/* Threads use awaits while a sink is added and removed, or its switches are
 * turned on and off. Every event between two looks at the same open window is
 * emitted, and no callback begins after removal. */
#include "switches.h"

#include <pthread.h>
#include <sched.h>

/* Number of the round in which events must be emitted; 0: they need not be. */
static atomic_int window;
static atomic_int stop, missed, in_window;
static __thread int mine;

static int setup_races(void **state)
{
	window = stop = missed = in_window = mine = 0;
	return setup(state);
}

/* --- hits, while a sink is added and removed --- */

static atomic_int hits_seen, late;

static void count_hit(struct await_sink *sink, const struct await_event *event)
{
	(void)event;
	atomic_fetch_add_explicit(&hits_seen, 1, memory_order_relaxed);
	if (!sink->data)
		atomic_fetch_add_explicit(&late, 1, memory_order_relaxed);
}

static void *hitter(void *data)
{
	await_int *aw = data, *own;

	while (!atomic_load_explicit(&stop, memory_order_relaxed)) {
		int open = atomic_load_explicit(&window, memory_order_acquire);
		int before =
			atomic_load_explicit(&hits_seen, memory_order_relaxed);

		own = await_nowait(int, 1);
		await_wait(aw, NULL);
		await_wait(own, NULL);
		await_unref(own);
		if (open == 0 ||
		    open != atomic_load_explicit(&window, memory_order_acquire))
			continue;
		/* At least the two hits of this thread came in between. */
		if (atomic_load_explicit(&hits_seen, memory_order_relaxed) -
			    before <
		    2)
			atomic_fetch_add_explicit(&missed, 1,
						  memory_order_relaxed);
		atomic_fetch_add_explicit(&in_window, 1, memory_order_relaxed);
	}
	return NULL;
}

static void no_hit_is_missed_while_added(void **state)
{
	struct await_sink sink = {
		.event = count_hit,
		.events = AWAIT_EVENT_BIT(AWAIT_EVENT_HIT),
	};
	await_int *aw = awaitable(leaf, 0);
	pthread_t threads[3];

	(void)state;
	assert_int_equal(await_get(aw), 1);
	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, hitter, aw);
	for (int round = 1; round <= 200; round++) {
		sink.data = &sink;
		assert_int_equal(await_sink_add(&sink), 0);
		atomic_store_explicit(&window, round, memory_order_release);
		sched_yield();
		atomic_store_explicit(&window, 0, memory_order_release);
		assert_int_equal(await_sink_remove(&sink), 0);
		sink.data = NULL;
	}
	/* One window long enough that hits fall into it for certain. */
	sink.data = &sink;
	assert_int_equal(await_sink_add(&sink), 0);
	atomic_store_explicit(&window, 1000, memory_order_release);
	while (atomic_load_explicit(&in_window, memory_order_relaxed) < 1000)
		sched_yield();
	atomic_store_explicit(&window, 0, memory_order_release);
	assert_int_equal(await_sink_remove(&sink), 0);
	atomic_store_explicit(&stop, 1, memory_order_relaxed);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(missed, 0);
	assert_int_equal(late, 0);
	await_unref(aw);
}

/* --- all events, while switches are turned --- */

static void count_mine(struct await_sink *sink, const struct await_event *event)
{
	(void)sink;
	(void)event;
	mine++;
}

static void *busy(void *data)
{
	while (!atomic_load_explicit(&stop, memory_order_relaxed)) {
		/* Acquire: the switches are on; partner: below. */
		int open = atomic_load_explicit(&window, memory_order_acquire);
		int before = mine;
		await_int *aw = awaitable(leaf, 0);

		await_wait(aw, NULL);
		await_wait(aw, NULL);
		await_wait((await_int *)data, NULL);
		await_unref(aw);
		if (open == 0 ||
		    open != atomic_load_explicit(&window, memory_order_acquire))
			continue;
		if (mine - before != 6)
			atomic_fetch_add_explicit(&missed, 1,
						  memory_order_relaxed);
		atomic_fetch_add_explicit(&in_window, 1, memory_order_relaxed);
	}
	return NULL;
}

static void turn_all(int on)
{
	for (int i = 0; i < AWAIT_EVENT_COUNT; i++)
		turn(switches[i].on[1] ? two : one, (enum await_event_type)i,
		     on);
}

static void no_event_is_missed_while_on(void **state)
{
	await_int *aw = awaitable(leaf, 0);
	pthread_t threads[3];

	(void)state;
	switched.event = count_mine;
	assert_int_equal(await_get(aw), 1);
	assert_int_equal(await_sink_add_switched(&switched, switches), 0);
	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, busy, aw);
	for (int round = 1; round <= 300; round++) {
		turn_all(1);
		/* Release: what saw the window sees the switches. */
		atomic_store_explicit(&window, round, memory_order_release);
		while (round == 300 &&
		       atomic_load_explicit(&in_window, memory_order_relaxed) <
			       1000)
			sched_yield();
		atomic_exchange_explicit(&window, 0, memory_order_seq_cst);
		turn_all(0);
	}
	atomic_store_explicit(&stop, 1, memory_order_relaxed);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(missed, 0);
	await_unref(aw);
}

/* --- runs of awaits that were made before, while a sink is added --- */

static void *run_one_after_another(void *unused)
{
	while (!atomic_load_explicit(&stop, memory_order_relaxed)) {
		await_int *aw = awaitable(leaf, 0);
		int open = atomic_load_explicit(&window, memory_order_acquire);
		int before = mine;

		await_wait(aw, NULL);
		if (open != 0 &&
		    open == atomic_load_explicit(&window,
						 memory_order_acquire)) {
			if (mine - before != 1)
				atomic_fetch_add_explicit(&missed, 1,
							  memory_order_relaxed);
			atomic_fetch_add_explicit(&in_window, 1,
						  memory_order_relaxed);
		}
		await_unref(aw);
	}
	return unused;
}

static void no_run_is_missed_while_added(void **state)
{
	struct await_sink runs = {
		.event = count_mine,
		.events = AWAIT_EVENT_BIT(AWAIT_EVENT_EXEC_BEGIN),
	};
	await_int *aw = awaitable(leaf, 0), *before = awaitable(leaf, 0);
	pthread_t threads[3];

	(void)state;
	assert_int_equal(await_sink_add(&runs), 0);
	assert_int_equal(await_get(before), 1);
	assert_int_equal(mine, 1);
	await_unref(before);
	assert_int_equal(await_sink_remove(&runs), 0);
	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, run_one_after_another, NULL);
	for (int round = 1; round <= 300; round++) {
		assert_int_equal(await_sink_add(&runs), 0);
		atomic_store_explicit(&window, round, memory_order_release);
		while (round == 300 &&
		       atomic_load_explicit(&in_window, memory_order_relaxed) <
			       1000)
			sched_yield();
		atomic_exchange_explicit(&window, 0, memory_order_seq_cst);
		assert_int_equal(await_sink_remove(&runs), 0);
	}
	atomic_store_explicit(&stop, 1, memory_order_relaxed);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(missed, 0);
	/* The fast path of a run compares the whole word with this. */
	assert_int_equal(
		atomic_load_explicit(&aw->head.state, memory_order_relaxed),
		AWAIT_PENDING);
	await_unref(aw);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(no_hit_is_missed_while_added,
						setup_races, teardown),
		cmocka_unit_test_setup_teardown(no_event_is_missed_while_on,
						setup_races, teardown),
		cmocka_unit_test_setup_teardown(no_run_is_missed_while_added,
						setup_races, teardown),
	};

	alarm(120);
	return cmocka_run_group_tests_name("sink_races", tests, NULL, NULL);
}
