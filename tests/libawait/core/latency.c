/* SPDX-License-Identifier: MIT */
/* await_event.latency_ns: how long a run took, or 0 if that is not known. */
#include "switches.h"

#include <time.h>

static uint64_t latency_ns;

static void note_latency(struct await_sink *sink,
			 const struct await_event *event)
{
	count(sink, event);
	latency_ns = event->latency_ns;
}

static int turns_on(int *out)
{
	*out = 1;
	turn(one, AWAIT_EVENT_EXEC_END, 1);
	return 0;
}
AWAITABLE(int, turns_on);

static void a_run_whose_begin_was_not_traced_has_no_latency(void **state)
{
	await_int *aw = awaitable(turns_on);

	(void)state;
	switched.event = note_latency;
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

/* Whichever clock measures it, and however long that one is calibrated. */
static void latency_is_what_the_clock_says(void **state)
{
	static const uint64_t times_ns[] = { 1000, 100000, 10000000, 200000000,
					     1000 };

	(void)state;
	switched.event = note_latency;
	assert_int_equal(await_sink_add_switched(&switched, switches), 0);
	turn(one, AWAIT_EVENT_EXEC_END, 1);
	for (int i = 0; i < 100; i++) {
		uint64_t begin = now_ns(), around_ns;
		await_int *aw = awaitable(lasts, times_ns[i / 20]);

		if (times_ns[i / 20] < 1000000 || i % 20 < 2) {
			assert_int_equal(await_get(aw), 1);
			around_ns = now_ns() - begin;
			/* The calibrated tick is off by less than a
			 * microsecond in ten milliseconds. */
			assert_true(latency_ns + 1000 + lasted_ns / 5000 >=
				    lasted_ns);
			assert_true(latency_ns <=
				    around_ns + 1000 + around_ns / 5000);
		}
		await_unref(aw);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_run_whose_begin_was_not_traced_has_no_latency),
		TEST(latency_is_what_the_clock_says),
	};

	alarm(120);
	return cmocka_run_group_tests_name("latency", tests, NULL, NULL);
}
