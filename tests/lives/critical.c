/* SPDX-License-Identifier: MIT */
/* What the last event of a process had to wait for. */
#include "make.h"

#include "lives/critical.h"

enum { OTHER = 12, THIRD = 13 };

static struct lives lives;
static struct critical critical;

static int setup(void **state)
{
	(void)state;
	lives = (struct lives){ 0 };
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	critical_free(&critical);
	lives_free(&lives);
	return 0;
}

static void of(int64_t thread, enum event_kind kind, int64_t time, uint64_t id,
	       uint64_t within)
{
	struct trace_event event = make_event(kind, time, id);

	event.vtid = thread;
	event.numbers[FIELD_PARENT] = within;
	event.numbers[FIELD_WAITER] = within;
	event.numbers[FIELD_ATTEMPT] = 1;
	event.numbers[FIELD_OUTCOME] = AWAIT_RESOLVED;
	/* A site of its own for each of the first. */
	event.numbers[FIELD_LINE] = id < 8 ? id : 8;
	make_take(&lives, &event);
}

static bool all(const struct lives_process *process)
{
	(void)process;
	return true;
}

static void finish(void)
{
	assert_int_equal(lives_finish(&lives), 0);
	assert_int_equal(critical_find(&critical, &lives, all), 0);
}

/* Of the await that is created at that line; 0: of none. */
static uint64_t part(uint32_t line, bool slept)
{
	for (size_t i = 0; i < critical.count; i++) {
		const struct critical_part *one = &critical.parts[i];

		if (one->slept == slept &&
		    (one->site ? one->site->line : 0) == line)
			return one->ns;
	}
	return 0;
}

/* Of the longest path of a thread, in pieces. */
static size_t length(void)
{
	size_t longest = 0;

	for (size_t i = 0; i < lives.thread_count; i++) {
		size_t pieces = critical_pieces(lives.threads[i]);

		longest = pieces > longest ? pieces : longest;
	}
	return longest;
}

static void is_whole(void)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < critical.count; i++)
		sum += critical.parts[i].ns;
	assert_int_equal(sum, critical.ended - critical.began);
}

/* One thread runs 1 for 100 and in it 2 for 30. */
static void nested(void **state)
{
	(void)state;
	of(MAKE_THREAD, EVENT_CREATE, 0, 1, 0);
	of(MAKE_THREAD, EVENT_CREATE, 5, 2, 0);
	of(MAKE_THREAD, EVENT_EXEC_BEGIN, 10, 1, 0);
	of(MAKE_THREAD, EVENT_EXEC_BEGIN, 20, 2, 1);
	of(MAKE_THREAD, EVENT_EXEC_END, 50, 2, 0);
	of(MAKE_THREAD, EVENT_EXEC_END, 110, 1, 0);
	of(MAKE_THREAD, EVENT_HIT, 117, 1, 0);
	finish();
	assert_int_equal(part(0, false), 17);
	assert_int_equal(part(1, false), 70);
	assert_int_equal(part(2, false), 30);
	assert_int_equal(critical.count, 3);
	is_whole();
}

/* What the sleeper did before is not on the path, what its waker did is. */
static void through_the_waker(void **state)
{
	(void)state;
	of(MAKE_THREAD, EVENT_CREATE, 0, 1, 0);
	of(OTHER, EVENT_EXEC_BEGIN, 10, 1, 0);
	of(MAKE_THREAD, EVENT_BLOCK_BEGIN, 40, 1, 0);
	of(OTHER, EVENT_EXEC_END, 100, 1, 0);
	/* Goes on, which delays nobody. */
	of(OTHER, EVENT_CREATE, 102, 2, 0);
	of(MAKE_THREAD, EVENT_BLOCK_END, 105, 1, 0);
	of(MAKE_THREAD, EVENT_DESTROY, 125, 1, 0);
	finish();
	assert_int_equal(critical.last->tid, MAKE_THREAD);
	assert_int_equal(critical.first->tid, OTHER);
	assert_int_equal(critical.began, 10);
	assert_int_equal(critical.process_began, 0);
	assert_int_equal(part(1, false), 90);
	assert_int_equal(part(0, false), 25);
	is_whole();
}

/* Two sleep for one, and one of them wakes a third. */
static void shared(void **state)
{
	(void)state;
	of(MAKE_THREAD, EVENT_CREATE, 0, 1, 0);
	of(MAKE_THREAD, EVENT_CREATE, 1, 2, 0);
	of(MAKE_THREAD, EVENT_EXEC_BEGIN, 10, 1, 0);
	of(OTHER, EVENT_EXEC_BEGIN, 12, 2, 0);
	of(OTHER, EVENT_BLOCK_BEGIN, 14, 1, 2);
	of(THIRD, EVENT_BLOCK_BEGIN, 16, 2, 0);
	of(MAKE_THREAD, EVENT_EXEC_END, 60, 1, 0);
	of(OTHER, EVENT_BLOCK_END, 61, 1, 2);
	of(OTHER, EVENT_EXEC_END, 90, 2, 0);
	of(THIRD, EVENT_BLOCK_END, 92, 2, 0);
	of(THIRD, EVENT_HIT, 93, 2, 0);
	of(MAKE_THREAD, EVENT_DESTROY, 62, 1, 0);
	finish();
	assert_int_equal(critical.last->tid, THIRD);
	assert_int_equal(critical.first->tid, MAKE_THREAD);
	assert_int_equal(part(1, false), 50);
	assert_int_equal(part(2, false), 30);
	assert_int_equal(part(0, false), 13);
	is_whole();
}

/* A deadline ends a wait, and nobody is followed. */
static void nobody_woke(void **state)
{
	(void)state;
	of(MAKE_THREAD, EVENT_CREATE, 0, 1, 0);
	of(MAKE_THREAD, EVENT_BLOCK_BEGIN, 10, 1, 0);
	of(MAKE_THREAD, EVENT_BLOCK_END, 50, 1, 0);
	of(MAKE_THREAD, EVENT_DESTROY, 55, 1, 0);
	finish();
	assert_int_equal(part(1, true), 40);
	assert_int_equal(part(0, false), 15);
	is_whole();
}

/* A program that hangs: the last that happens is that sleep. */
static void hangs(void **state)
{
	(void)state;
	of(MAKE_THREAD, EVENT_CREATE, 0, 1, 0);
	of(MAKE_THREAD, EVENT_BLOCK_BEGIN, 10, 1, 0);
	assert_int_equal(lives_recorded(&lives, 0, 1000), 0);
	finish();
	assert_int_equal(part(1, true), 990);
	assert_int_equal(critical.ended, 1000);
	is_whole();
}

/* However often paths are shared, what nobody needs any more is folded. */
static void is_bounded(void **state)
{
	(void)state;
	of(MAKE_THREAD, EVENT_CREATE, 0, 1, 0);
	for (uint64_t i = 2; i < 20000; i++) {
		int64_t at = (int64_t)i * 100;

		of(MAKE_THREAD, EVENT_CREATE, at, i + 8, 0);
		of(OTHER, EVENT_EXEC_BEGIN, at + 10, i + 8, 0);
		of(MAKE_THREAD, EVENT_BLOCK_BEGIN, at + 20, i + 8, 0);
		of(OTHER, EVENT_EXEC_END, at + 60, i + 8, 0);
		of(MAKE_THREAD, EVENT_BLOCK_END, at + 65, i + 8, 0);
		of(MAKE_THREAD, EVENT_DESTROY, at + 70, i + 8, 0);
	}
	assert_true(length() < 4);
	finish();
	is_whole();
}

static void no_process(void **state)
{
	(void)state;
	finish();
	assert_null(critical.process);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nested, setup, teardown),
		cmocka_unit_test_setup_teardown(through_the_waker, setup,
						teardown),
		cmocka_unit_test_setup_teardown(shared, setup, teardown),
		cmocka_unit_test_setup_teardown(nobody_woke, setup, teardown),
		cmocka_unit_test_setup_teardown(hangs, setup, teardown),
		cmocka_unit_test_setup_teardown(is_bounded, setup, teardown),
		cmocka_unit_test_setup_teardown(no_process, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
