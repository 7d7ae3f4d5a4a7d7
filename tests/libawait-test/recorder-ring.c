/* SPDX-License-Identifier: MIT */
/* Recording that overwrites: the newest events stay, and none are mixed up. */
#define _GNU_SOURCE
#include "recorder.h"

#include <pthread.h>
#include <unistd.h>

static void the_newest_stay(void **state)
{
	const struct await_trace_options newest = { .events = 5,
						    .overwrite = true };
	struct await_trace_options wrong = newest;
	const struct await_trace *trace;
	uint64_t time = 0;

	(void)state;
	wrong.stacks = AWAIT_EVENT_BIT(AWAIT_EVENT_HIT);
	assert_int_equal(await_trace_begin(&wrong), -EINVAL);
	/* Fewer than there is room for, as many, and more than twice as many.
	 */
	for (intptr_t made = 0; made < 20; made++) {
		size_t events = 2 * (size_t)made;

		assert_int_equal(await_trace_begin(&newest), 0);
		make_some((void *)made);
		trace = await_trace_end();
		assert_int_equal(await_trace_count(trace),
				 events < 8 ? events : 8);
		assert_int_equal(await_trace_lost(trace),
				 events < 8 ? 0 : events - 8);
		for (size_t i = 0; i < await_trace_count(trace); i++) {
			struct await_seen event = seen(trace, i);

			assert_int_equal(event.type,
					 i % 2 ? AWAIT_EVENT_DESTROY :
						 AWAIT_EVENT_CREATE);
			assert_int_equal(event.stack_depth, 0);
			assert_true(event.time_ns >= time);
			time = event.time_ns;
		}
	}
	assert_int_equal(await_trace_begin(NULL), 0);
	make_some((void *)1);
	trace = await_trace_end();
	assert_int_equal(await_trace_count(trace), 2);
	assert_int_equal(await_trace_lost(trace), 0);
}

enum { RACERS = 4, ROUNDS = 2000, LAPS = 50 };

static AWAIT_ATOMIC(uint32_t) racers[RACERS];
static AWAIT_ATOMIC(bool) race_over;

/* The error says which thread's event it is. */
static void lap(intptr_t own)
{
	await_int *aw = await_promise(int);

	await_reject(aw, -1 - (int)own);
	await_unref(aw);
}

/* Relaxed, all: nothing else depends on these words. */
static void *race(void *number)
{
	intptr_t own = (intptr_t)number;

	atomic_store_explicit(&racers[own], (uint32_t)gettid(),
			      memory_order_relaxed);
	while (!atomic_load_explicit(&race_over, memory_order_relaxed))
		lap(own);
	return NULL;
}

static void assert_not_mixed(const struct await_trace *trace, size_t index)
{
	struct await_seen event = seen(trace, index);
	int own = 0;

	while (own < RACERS &&
	       atomic_load_explicit(&racers[own], memory_order_relaxed) !=
		       event.thread)
		own++;
	assert_in_range(own, 0, RACERS - 1);
	assert_int_equal(event.error,
			 event.type == AWAIT_EVENT_RESOLVE ? -1 - own : 0);
}

/* A thread that is a round behind loses an event rather than mix two. */
static void no_event_is_mixed_up_in_a_ring(void **state)
{
	const struct await_trace_options tiny = { .events = 1,
						  .overwrite = true };
	pthread_t threads[RACERS];
	size_t kept = 0;

	(void)state;
	atomic_store_explicit(&racers[0], (uint32_t)gettid(),
			      memory_order_relaxed);
	for (intptr_t i = 1; i < RACERS; i++)
		pthread_create(&threads[i], NULL, race, (void *)i);
	for (int round = 0; round < ROUNDS; round++) {
		const struct await_trace *trace;

		assert_int_equal(await_trace_begin(&tiny), 0);
		for (int i = 0; i < LAPS; i++)
			lap(0);
		trace = await_trace_end();
		assert_in_range(await_trace_count(trace), 0, 1);
		kept += await_trace_count(trace);
		for (size_t i = 0; i < await_trace_count(trace); i++)
			assert_not_mixed(trace, i);
	}
	atomic_store_explicit(&race_over, true, memory_order_relaxed);
	for (int i = 1; i < RACERS; i++)
		pthread_join(threads[i], NULL);
	assert_true(kept > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(the_newest_stay, clean),
		cmocka_unit_test_teardown(no_event_is_mixed_up_in_a_ring,
					  clean),
	};

	alarm(120);
	return cmocka_run_group_tests_name("recorder-ring", tests, NULL, NULL);
}
