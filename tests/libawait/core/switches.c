/* SPDX-License-Identifier: MIT */
/* Sinks with switches: told of nothing while those are off, of everything from
 * the moment that one is on; other sinks never notice. */
#define _GNU_SOURCE
#include "unit.h"

#include <pthread.h>
#include <sched.h>
#include <time.h>
#include <unistd.h>

AWAIT_TYPE(int, int);

static atomic_int seen[AWAIT_EVENT_COUNT];
static uint64_t latency_ns;

static void count(struct await_sink *sink, const struct await_event *event)
{
	(void)sink;
	latency_ns = event->latency_ns;
	atomic_fetch_add_explicit(&seen[event->type], 1, memory_order_relaxed);
}

static AWAIT_ATOMIC(int) one[AWAIT_EVENT_COUNT], two[AWAIT_EVENT_COUNT];
static struct await_switch switches[AWAIT_EVENT_COUNT];
/* Operations look at two switches of these, at one of the others. */
static const enum await_event_type pairs[] = {
	AWAIT_EVENT_CREATE,
	AWAIT_EVENT_EXEC_BEGIN,
	AWAIT_EVENT_HIT,
};
static struct await_sink switched = {
	.event = count,
	.events = AWAIT_EVENTS_ALL,
};

static void turn(AWAIT_ATOMIC(int) * words, enum await_event_type type, int on)
{
	atomic_store_explicit(&words[type], on, memory_order_relaxed);
}

static int total(void)
{
	int sum = 0;

	for (int i = 0; i < AWAIT_EVENT_COUNT; i++) {
		sum += seen[i];
		seen[i] = 0;
	}
	return sum;
}

static int setup(void **state)
{
	(void)state;
	for (int i = 0; i < AWAIT_EVENT_COUNT; i++) {
		turn(one, (enum await_event_type)i, 0);
		turn(two, (enum await_event_type)i, 0);
		switches[i] = (struct await_switch){ { &one[i], NULL } };
	}
	for (int i = 0; i < 3; i++)
		switches[pairs[i]].on[1] = &two[pairs[i]];
	total();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	await_sink_remove(&switched);
	return 0;
}

static await_int *self;

static int leaf(int *out, int rc)
{
	*out = 1;
	return rc;
}
AWAITABLE(int, leaf, (int, rc));

static int waits_for_itself(int *out)
{
	*out = 1;
	assert_int_equal(await_wait(self, NULL), -EDEADLK);
	return 0;
}
AWAITABLE(int, waits_for_itself);

static int turns_on(int *out)
{
	*out = 1;
	turn(one, AWAIT_EVENT_EXEC_END, 1);
	return 0;
}
AWAITABLE(int, turns_on);

/* One event of each type but for blocking. */
static void everything(void)
{
	struct timespec past = { 0, 0 };
	await_int *aw = awaitable(leaf, -EIO), *promise = await_promise(int);

	assert_int_equal(await_wait(aw, NULL), -EIO);
	assert_int_equal(await_cancel(aw), -EALREADY);
	await_unref(aw);
	assert_int_equal(await_wait_until(promise, NULL, &past), -ETIMEDOUT);
	assert_int_equal(await_resolve(promise, 4), 0);
	assert_int_equal(await_get(promise), 4);
	assert_int_equal(await_wait_until(promise, NULL, NULL), 0);
	assert_int_equal(await_wait_all(&promise, 1, NULL, NULL), 0);
	await_unref(promise);
	aw = awaitable(leaf, 0);
	assert_int_equal(await_cancel(aw), 0);
	await_unref(aw);
	self = awaitable(waits_for_itself);
	assert_int_equal(await_get(self), 1);
	assert_int_equal(await_get(self), 1);
	await_unref(self);
}

static const int expected[AWAIT_EVENT_COUNT] = {
	[AWAIT_EVENT_CREATE] = 4,      [AWAIT_EVENT_EXEC_BEGIN] = 2,
	[AWAIT_EVENT_EXEC_END] = 2,    [AWAIT_EVENT_HIT] = 4,
	[AWAIT_EVENT_BLOCK_BEGIN] = 1, [AWAIT_EVENT_BLOCK_END] = 1,
	[AWAIT_EVENT_CYCLE] = 1,       [AWAIT_EVENT_DESTROY] = 4,
	[AWAIT_EVENT_RESOLVE] = 1,     [AWAIT_EVENT_CANCEL] = 1,
};

static int expected_total(void)
{
	int sum = 0;

	for (int i = 0; i < AWAIT_EVENT_COUNT; i++)
		sum += expected[i];
	return sum;
}

static void nothing_is_told_while_all_are_off(void **state)
{
	(void)state;
	assert_int_equal(await_sink_add_switched(&switched, switches), 0);
	everything();
	assert_int_equal(total(), 0);
}

static void either_switch_turns_its_own_type_on(void **state)
{
	(void)state;
	assert_int_equal(await_sink_add_switched(&switched, switches), 0);
	for (int i = 0; i < AWAIT_EVENT_COUNT + 3; i++) {
		int first = i < AWAIT_EVENT_COUNT;
		enum await_event_type type =
			first ? (enum await_event_type)i :
				pairs[i - AWAIT_EVENT_COUNT];

		turn(first ? one : two, type, 1);
		everything();
		turn(first ? one : two, type, 0);
		assert_int_equal(seen[type], expected[type]);
		total();
		everything();
		assert_int_equal(total(), 0);
	}
}

static void a_second_switch_may_be_on_where_nobody_looks(void **state)
{
	(void)state;
	for (int i = 0; i < AWAIT_EVENT_COUNT; i++) {
		switches[i].on[1] = &two[i];
		turn(two, (enum await_event_type)i, 1);
	}
	assert_int_equal(await_sink_add_switched(&switched, switches), 0);
	everything();
	assert_int_equal(total(), expected_total());
}

static void the_second_switch_may_be_missing(void **state)
{
	(void)state;
	for (int i = 0; i < AWAIT_EVENT_COUNT; i++)
		switches[i].on[1] = NULL;
	assert_int_equal(await_sink_add_switched(&switched, switches), 0);
	everything();
	assert_int_equal(total(), 0);
	for (int i = 0; i < AWAIT_EVENT_COUNT; i++)
		turn(one, (enum await_event_type)i, 1);
	everything();
	assert_int_equal(total(), expected_total());
}

static void the_first_switch_may_not(void **state)
{
	(void)state;
	switches[AWAIT_EVENT_DESTROY].on[0] = NULL;
	assert_int_equal(await_sink_add_switched(&switched, switches), -EINVAL);
	assert_int_equal(await_sink_remove(&switched), -ENOENT);
	switched.events = AWAIT_EVENT_BIT(AWAIT_EVENT_HIT);
	assert_int_equal(await_sink_add_switched(&switched, switches), 0);
	assert_int_equal(await_sink_remove(&switched), 0);
	switched.events = AWAIT_EVENTS_ALL;
}

static void a_sink_without_switches_is_always_told(void **state)
{
	struct await_sink plain = {
		.event = count,
		.events = AWAIT_EVENTS_ALL,
	};

	(void)state;
	switched.event = count;
	assert_int_equal(await_sink_add_switched(&switched, switches), 0);
	assert_int_equal(await_sink_add(&plain), 0);
	everything();
	for (int i = 0; i < AWAIT_EVENT_COUNT; i++)
		assert_true(seen[i] >= expected[i]);
	assert_int_equal(await_sink_remove(&plain), 0);
	total();
	everything();
	assert_int_equal(total(), 0);
}

/* More switches than there is room for. */
static void several_switched_sinks(void **state)
{
	static AWAIT_ATOMIC(int) others[AWAIT_EVENT_COUNT];
	static struct await_switch other_switches[AWAIT_EVENT_COUNT];
	static struct await_sink other = {
		.event = count,
		.events = AWAIT_EVENTS_ALL,
	};

	(void)state;
	for (int i = 0; i < AWAIT_EVENT_COUNT; i++)
		other_switches[i].on[0] = &others[i];
	assert_int_equal(await_sink_add_switched(&switched, switches), 0);
	assert_int_equal(await_sink_add_switched(&other, other_switches), 0);
	for (int i = 0; i < AWAIT_EVENT_COUNT; i++)
		turn(others, (enum await_event_type)i, 1);
	everything();
	for (int i = 0; i < AWAIT_EVENT_COUNT; i++)
		assert_true(seen[i] >= expected[i]);
	assert_int_equal(await_sink_remove(&other), 0);
	total();
	everything();
	assert_int_equal(total(), 0);
	turn(two, AWAIT_EVENT_CREATE, 1);
	everything();
	assert_int_equal(total(), expected[AWAIT_EVENT_CREATE]);
}

static void a_run_that_began_unheard_has_no_latency(void **state)
{
	await_int *aw = awaitable(turns_on);

	(void)state;
	assert_int_equal(await_sink_add_switched(&switched, switches), 0);
	assert_int_equal(await_get(aw), 1);
	assert_int_equal(seen[AWAIT_EVENT_EXEC_END], 1);
	assert_int_equal(latency_ns, 0);
	await_unref(aw);
	aw = awaitable(turns_on);
	assert_int_equal(await_get(aw), 1);
	assert_int_equal(seen[AWAIT_EVENT_EXEC_END], 2);
	assert_true(latency_ns > 0);
	await_unref(aw);
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static uint64_t lasted_ns;

static int lasts(int *out, uint64_t at_least_ns)
{
	uint64_t begin = now_ns();

	*out = 1;
	do
		lasted_ns = now_ns() - begin;
	while (lasted_ns < at_least_ns);
	return 0;
}
AWAITABLE(int, lasts, (uint64_t, at_least_ns));

/* Whatever it is measured by, and however long it was known. */
static void latency_is_what_the_clock_says(void **state)
{
	static const uint64_t times_ns[] = { 1000, 100000, 10000000, 200000000,
					     1000 };

	(void)state;
	assert_int_equal(await_sink_add_switched(&switched, switches), 0);
	turn(one, AWAIT_EVENT_EXEC_END, 1);
	for (int i = 0; i < 100; i++) {
		uint64_t begin = now_ns(), around_ns;
		await_int *aw = awaitable(lasts, times_ns[i / 20]);

		if (times_ns[i / 20] < 1000000 || i % 20 < 2) {
			assert_int_equal(await_get(aw), 1);
			around_ns = now_ns() - begin;
			/* What is known of a tick is wrong by less than a
			 * microsecond in ten milliseconds. */
			assert_true(latency_ns + 1000 + lasted_ns / 5000 >=
				    lasted_ns);
			assert_true(latency_ns <=
				    around_ns + 1000 + around_ns / 5000);
		}
		await_unref(aw);
	}
}

/* Threads do everything while switches are turned: what lies wholly in a time
 * when they are on is seen. */
static atomic_int window, stop, missed, in_window;
static __thread int mine;

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

static void nothing_is_missed_while_on(void **state)
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
		atomic_exchange(&window, 0);
		turn_all(0);
	}
	atomic_store_explicit(&stop, 1, memory_order_relaxed);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(missed, 0);
	await_unref(aw);
}

/* The same of runs of awaits that were made before, while a sink that asks for
 * nothing else comes and goes. */
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
	stop = missed = in_window = mine = 0;
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
		atomic_exchange(&window, 0);
		assert_int_equal(await_sink_remove(&runs), 0);
	}
	atomic_store_explicit(&stop, 1, memory_order_relaxed);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(missed, 0);
	/* One compare again. */
	assert_int_equal(
		atomic_load_explicit(&aw->head.state, memory_order_relaxed),
		AWAIT_PENDING);
	await_unref(aw);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(nothing_is_told_while_all_are_off),
		TEST(either_switch_turns_its_own_type_on),
		TEST(a_second_switch_may_be_on_where_nobody_looks),
		TEST(the_second_switch_may_be_missing),
		TEST(the_first_switch_may_not),
		TEST(a_sink_without_switches_is_always_told),
		TEST(several_switched_sinks),
		TEST(a_run_that_began_unheard_has_no_latency),
		TEST(latency_is_what_the_clock_says),
		TEST(nothing_is_missed_while_on),
		TEST(no_run_is_missed_while_added),
	};

	alarm(120);
	return cmocka_run_group_tests_name("switches", tests, NULL, NULL);
}
