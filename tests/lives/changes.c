/* SPDX-License-Identifier: MIT */
/* What is told of lives, each once and in order, with what is not known. */
#include "make.h"

#include "lives/change.h"
#include "lives/threads.h"

enum { OTHER_THREAD = 12 };

static struct lives lives;
static struct lives_change told[64];
static uint64_t ids[64];
static size_t count;
static int refuse;

static int take(void *data, const struct lives_change *change)
{
	assert_ptr_equal(data, &lives);
	assert_true(count < 64);
	/* Awaits may be gone when the test looks. */
	ids[count] = change->await->id;
	told[count++] = *change;
	return refuse;
}

static int setup(void **state)
{
	(void)state;
	lives = (struct lives){ .told = take, .told_data = &lives };
	count = 0;
	refuse = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	lives_free(&lives);
	return 0;
}

static void of(int64_t thread, uint64_t within, enum event_kind kind,
	       int64_t time, uint64_t id)
{
	struct trace_event event = make_event(kind, time, id);

	event.vtid = thread;
	event.numbers[FIELD_PARENT] = within;
	event.numbers[FIELD_WAITER] = within;
	event.numbers[FIELD_ATTEMPT] = kind == EVENT_EXEC_BEGIN;
	event.numbers[FIELD_OUTCOME] = AWAIT_RESOLVED;
	event.numbers[FIELD_STATE] = AWAIT_RESOLVED;
	event.numbers[FIELD_LATENCY] = 5;
	make_take(&lives, &event);
}

static const struct lives_change *next(size_t *at, enum change_kind kind,
				       uint64_t id, int64_t time)
{
	const struct lives_change *change = &told[*at];

	assert_true(*at < count);
	assert_int_equal(change->kind, kind);
	assert_int_equal(ids[*at], id);
	assert_int_equal(change->time, time);
	++*at;
	return change;
}

static void a_whole_life(void **state)
{
	const struct lives_change *change;
	size_t at = 0;

	(void)state;
	of(MAKE_THREAD, 9, EVENT_CREATE, 10, 1);
	of(MAKE_THREAD, 9, EVENT_EXEC_BEGIN, 20, 1);
	of(MAKE_THREAD, 0, EVENT_EXEC_END, 30, 1);
	of(OTHER_THREAD, 0, EVENT_HIT, 40, 1);
	of(OTHER_THREAD, 0, EVENT_DESTROY, 50, 1);
	change = next(&at, CHANGE_CREATED, 1, 10);
	assert_int_equal(change->thread->tid, MAKE_THREAD);
	assert_true(change->within_known);
	assert_int_equal(change->within, 9);
	assert_false(change->first_wait);
	change = next(&at, CHANGE_RUN_BEGAN, 1, 20);
	assert_true(change->first_wait);
	assert_int_equal(change->attempt, 1);
	change = next(&at, CHANGE_RUN_ENDED, 1, 30);
	assert_int_equal(change->end, ENDED_SEEN);
	assert_true(change->began_known);
	assert_int_equal(change->began, 20);
	assert_int_equal(change->within, 9);
	assert_int_equal(change->state, AWAIT_RESOLVED);
	assert_int_equal(change->attempt, 1);
	change = next(&at, CHANGE_HIT, 1, 40);
	assert_false(change->first_wait);
	assert_int_equal(change->thread->tid, OTHER_THREAD);
	change = next(&at, CHANGE_END, 1, 50);
	assert_int_equal(change->end, ENDED_SEEN);
	assert_int_equal(change->began, 10);
	assert_int_equal(lives_finish(&lives), 0);
	assert_int_equal(at, count);
}

static void who_woke_whom(void **state)
{
	const struct lives_change *change;
	size_t at = 0;

	(void)state;
	of(MAKE_THREAD, 0, EVENT_CREATE, 10, 1);
	of(MAKE_THREAD, 0, EVENT_EXEC_BEGIN, 20, 1);
	of(OTHER_THREAD, 7, EVENT_BLOCK_BEGIN, 25, 1);
	of(MAKE_THREAD, 0, EVENT_EXEC_END, 30, 1);
	of(OTHER_THREAD, 7, EVENT_BLOCK_END, 35, 1);
	next(&at, CHANGE_CREATED, 1, 10);
	next(&at, CHANGE_RUN_BEGAN, 1, 20);
	change = next(&at, CHANGE_SLEEP_BEGAN, 1, 25);
	assert_int_equal(change->within, 7);
	next(&at, CHANGE_RUN_ENDED, 1, 30);
	change = next(&at, CHANGE_SLEEP_ENDED, 1, 35);
	assert_int_equal(change->end, ENDED_SEEN);
	assert_int_equal(change->began, 25);
	assert_non_null(change->waker);
	assert_int_equal(change->waker->tid, MAKE_THREAD);
	assert_int_equal(change->woken_at, 30);
	assert_int_equal(at, count);
}

/* A wait that ended without a value was woken by nobody. */
static void nobody_woke(void **state)
{
	const struct lives_change *change;
	size_t at = 0;

	(void)state;
	of(MAKE_THREAD, 0, EVENT_CREATE, 10, 1);
	of(OTHER_THREAD, 0, EVENT_BLOCK_BEGIN, 25, 1);
	of(OTHER_THREAD, 0, EVENT_BLOCK_END, 35, 1);
	make_wait_end(&lives, 36, 1, AWAIT_PENDING, -ETIMEDOUT);
	next(&at, CHANGE_CREATED, 1, 10);
	next(&at, CHANGE_SLEEP_BEGAN, 1, 25);
	change = next(&at, CHANGE_SLEEP_ENDED, 1, 35);
	assert_null(change->waker);
	change = next(&at, CHANGE_WAIT_ENDED, 1, 36);
	assert_int_equal(change->error, -ETIMEDOUT);
	assert_int_equal(change->state, AWAIT_PENDING);
	assert_int_equal(at, count);
}

static void what_was_lost(void **state)
{
	const struct lives_change *change;
	size_t at = 0;

	(void)state;
	/* The beginning of its run: but its end tells how long it took. */
	of(MAKE_THREAD, 0, EVENT_EXEC_END, 30, 1);
	change = next(&at, CHANGE_RUN_ENDED, 1, 30);
	assert_false(change->within_known);
	assert_true(change->began_known);
	assert_int_equal(change->began, 25);
	/* The end of a run, and of a sleep. */
	of(MAKE_THREAD, 0, EVENT_EXEC_BEGIN, 40, 2);
	next(&at, CHANGE_RUN_BEGAN, 2, 40);
	of(OTHER_THREAD, 0, EVENT_BLOCK_BEGIN, 45, 2);
	next(&at, CHANGE_SLEEP_BEGAN, 2, 45);
	of(OTHER_THREAD, 0, EVENT_HIT, 50, 1);
	change = next(&at, CHANGE_SLEEP_ENDED, 2, 50);
	assert_int_equal(change->end, ENDED_UNSEEN);
	assert_null(change->waker);
	next(&at, CHANGE_HIT, 1, 50);
	of(OTHER_THREAD, 0, EVENT_DESTROY, 60, 2);
	change = next(&at, CHANGE_RUN_ENDED, 2, 60);
	assert_int_equal(change->end, ENDED_UNSEEN);
	assert_int_equal(change->began, 40);
	change = next(&at, CHANGE_END, 2, 60);
	assert_false(change->began_known);
	assert_int_equal(at, count);
}

static void what_had_not_ended(void **state)
{
	const struct lives_change *change;
	size_t at = 5;

	(void)state;
	of(MAKE_THREAD, 0, EVENT_CREATE, 10, 2);
	of(MAKE_THREAD, 0, EVENT_CREATE, 11, 1);
	of(MAKE_THREAD, 0, EVENT_EXEC_BEGIN, 20, 2);
	of(OTHER_THREAD, 0, EVENT_BLOCK_BEGIN, 25, 2);
	of(MAKE_THREAD, 2, EVENT_HIT, 30, 1);
	assert_int_equal(lives_finish(&lives), 0);
	change = next(&at, CHANGE_SLEEP_ENDED, 2, 30);
	assert_int_equal(change->end, ENDED_BY_TRACE);
	assert_int_equal(change->thread->tid, OTHER_THREAD);
	change = next(&at, CHANGE_END, 1, 30);
	assert_int_equal(change->end, ENDED_BY_TRACE);
	change = next(&at, CHANGE_RUN_ENDED, 2, 30);
	assert_int_equal(change->end, ENDED_BY_TRACE);
	assert_int_equal(change->thread->tid, MAKE_THREAD);
	next(&at, CHANGE_END, 2, 30);
	assert_int_equal(at, count);
}

/* Who is told need not hear the rest. */
static void told_no_more(void **state)
{
	const struct trace_event create = make_event(EVENT_CREATE, 1, 1);

	(void)state;
	refuse = -1;
	assert_int_equal(lives_event(&lives, &create), -1);
	assert_int_equal(lives_event(&lives, &create), -1);
	assert_int_equal(count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_whole_life, setup, teardown),
		cmocka_unit_test_setup_teardown(who_woke_whom, setup, teardown),
		cmocka_unit_test_setup_teardown(nobody_woke, setup, teardown),
		cmocka_unit_test_setup_teardown(what_was_lost, setup, teardown),
		cmocka_unit_test_setup_teardown(what_had_not_ended, setup,
						teardown),
		cmocka_unit_test_setup_teardown(told_no_more, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
