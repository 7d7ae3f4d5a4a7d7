/* SPDX-License-Identifier: MIT */
/* Sinks with switches receive nothing while those are off, and everything from
 * the moment that one is on; other sinks do not notice. */
#include "switches.h"

#include <time.h>

static await_int *self;

static int waits_for_itself(int *out)
{
	*out = 1;
	assert_int_equal(await_wait(self, NULL), -EDEADLK);
	return 0;
}
AWAITABLE(int, waits_for_itself);

static int refuse(void *pool, void (*job)(void *), void *argument)
{
	(void)pool, (void)job, (void)argument;
	return -ESHUTDOWN;
}

/* At least one event of each type. */
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
	assert_int_equal(await_start(aw, refuse, NULL), -ESHUTDOWN);
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
	[AWAIT_EVENT_WAIT_END] = 2, /* a deadline passed, a cycle */
	[AWAIT_EVENT_START] = 1,
};

static int expected_total(void)
{
	int sum = 0;

	for (int i = 0; i < AWAIT_EVENT_COUNT; i++)
		sum += expected[i];
	return sum;
}

static void nothing_is_emitted_while_all_are_off(void **state)
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

static void a_second_switch_turns_any_type_on(void **state)
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

static void the_first_switch_may_not_be_missing(void **state)
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

static void a_sink_without_switches_receives_every_event(void **state)
{
	struct await_sink plain = {
		.event = count,
		.events = AWAIT_EVENTS_ALL,
	};

	(void)state;
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

/* Then the operations behave as if one of them were on. */
static void sinks_may_have_more_switches_than_are_read(void **state)
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_is_emitted_while_all_are_off),
		TEST(either_switch_turns_its_own_type_on),
		TEST(a_second_switch_turns_any_type_on),
		TEST(the_second_switch_may_be_missing),
		TEST(the_first_switch_may_not_be_missing),
		TEST(a_sink_without_switches_receives_every_event),
		TEST(sinks_may_have_more_switches_than_are_read),
	};

	alarm(120);
	return cmocka_run_group_tests_name("switches", tests, NULL, NULL);
}
