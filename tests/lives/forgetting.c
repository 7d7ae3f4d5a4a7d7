/* SPDX-License-Identifier: MIT */
/* An await whose last reference was dropped takes no memory, and is counted. */
#include "make.h"

static struct lives lives;
static struct figures sum;

static int setup(void **state)
{
	(void)state;
	lives = (struct lives){ .slowest = 3 };
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	figures_free(&sum);
	sum = (struct figures){ 0 };
	lives_free(&lives);
	return 0;
}

static void finish(void)
{
	assert_int_equal(lives_finish(&lives), 0);
	sum = make_sum(&lives);
}

/* Is created, runs, is hit once, and is dropped. */
static void live(int64_t time, uint64_t id)
{
	make_plain(&lives, EVENT_CREATE, time, id);
	make_begin(&lives, time + 10, id, 1);
	make_end(&lives, time + 30, id, 15, id % 4 ? 0 : -EIO);
	make_plain(&lives, EVENT_HIT, time + 40, id);
	make_plain(&lives, EVENT_DESTROY, time + 50, id);
}

static void memory_is_for_what_is_alive(void **state)
{
	(void)state;
	make_plain(&lives, EVENT_CREATE, 1, 1);
	for (uint64_t id = 2; id < 20000; id++) {
		live((int64_t)id * 100, id);
		assert_int_equal(lives.by_id.used, 1);
	}
	assert_int_equal(lives.by_id.size, 64);
	assert_int_equal(lives.site_count, 1);
	finish();
	assert_int_equal(sum.created, 19999);
	assert_int_equal(sum.runs, 19998);
	assert_int_equal(sum.failed, 4999);
	assert_int_equal(sum.hits, 19998);
	assert_int_equal(sum.waits, 2 * 19998);
	assert_int_equal(sum.never_waited, 1);
	assert_int_equal(sum.running, 0);
	assert_int_equal(sum.run.count, 19998);
	assert_int_equal(sum.run.total, 19998 * 15);
}

static void never_waited_for(void **state)
{
	(void)state;
	make_plain(&lives, EVENT_CREATE, 1, 1);
	make_plain(&lives, EVENT_DESTROY, 2, 1);
	/* Of this one only the end was recorded: nobody knows. */
	make_plain(&lives, EVENT_DESTROY, 3, 2);
	finish();
	assert_int_equal(sum.created, 1);
	assert_int_equal(sum.never_waited, 1);
	assert_int_equal(lives.by_id.used, 0);
}

/* It does not run any more: the end of its run was lost. */
static void dropped_while_it_runs(void **state)
{
	(void)state;
	make_plain(&lives, EVENT_CREATE, 1, 1);
	make_begin(&lives, 2, 1, 1);
	make_plain(&lives, EVENT_DESTROY, 3, 1);
	finish();
	assert_int_equal(sum.runs, 1);
	assert_int_equal(sum.running, 0);
	assert_int_equal(sum.run.count, 0);
	assert_int_equal(lives.processes[0]->slow_count, 0);
}

static void dump(int64_t time, uint64_t id, enum await_state is)
{
	struct trace_event event = make_event(EVENT_DUMP_LIVE, time, id);

	event.numbers[FIELD_STATE] = is;
	make_take(&lives, &event);
}

/* A state dump reads what is alive, and says so a little later. */
static void a_dump_tells_of_one_that_is_gone(void **state)
{
	(void)state;
	make_plain(&lives, EVENT_CREATE, 1, 1);
	make_begin(&lives, 2, 1, 1);
	make_plain(&lives, EVENT_DUMP_BEGIN, 3, 0);
	make_end(&lives, 4, 1, 2, 0);
	make_plain(&lives, EVENT_DESTROY, 5, 1);
	dump(6, 1, AWAIT_RUNNING);
	assert_int_equal(lives.by_id.used, 1);
	make_plain(&lives, EVENT_DUMP_END, 7, 0);
	assert_int_equal(lives.by_id.used, 0);
	finish();
	assert_int_equal(sum.created, 1);
	assert_int_equal(sum.runs, 1);
	assert_int_equal(sum.running, 0);
}

/* That of another process ends with its own dump. */
static void each_dump_ends_by_itself(void **state)
{
	struct trace_event other = make_event(EVENT_DUMP_BEGIN, 1, 0);

	(void)state;
	other.process = 2;
	make_take(&lives, &other);
	make_plain(&lives, EVENT_DUMP_BEGIN, 2, 0);
	make_plain(&lives, EVENT_CREATE, 3, 1);
	make_plain(&lives, EVENT_DESTROY, 4, 1);
	other.kind = EVENT_DUMP_END;
	make_take(&lives, &other);
	assert_int_equal(lives.by_id.used, 1);
	make_plain(&lives, EVENT_DUMP_END, 5, 0);
	assert_int_equal(lives.by_id.used, 0);
}

static void the_end_of_a_dump_is_lost(void **state)
{
	(void)state;
	make_plain(&lives, EVENT_DUMP_BEGIN, 1, 0);
	for (uint64_t id = 1; id < 100000; id++)
		live((int64_t)id * 100, id);
	assert_true(lives.by_id.used <= 1 << 16);
	finish();
	assert_int_equal(sum.created, 99999);
	assert_int_equal(sum.runs, 99999);
}

/* The process executes another program, whose ids begin anew. */
static void another_one_has_the_id(void **state)
{
	(void)state;
	make_plain(&lives, EVENT_CREATE, 1, 1);
	make_begin(&lives, 2, 1, 1);
	make_plain(&lives, EVENT_CREATE, 10, 1);
	finish();
	assert_int_equal(sum.created, 2);
	assert_int_equal(sum.runs, 1);
	assert_int_equal(sum.running, 0);
	assert_int_equal(sum.cut_short, 1);
	assert_int_equal(sum.never_waited, 1);
	assert_int_equal(lives.processes[0]->slow_count, 1);
	assert_int_equal(lives.processes[0]->slow->first.took_ns, 8);
	assert_int_equal(lives.processes[0]->slow->first.outcome,
			 OUTCOME_CUT_SHORT);
}

static void the_slowest_are_kept_with_their_names(void **state)
{
	static const uint64_t took[] = { 5, 90, 20, 70, 90, 1, 30 };
	const struct lives_process *process;

	(void)state;
	for (uint64_t id = 1; id <= 7; id++) {
		struct trace_event name = make_event(EVENT_NAME, 0, id);

		make_plain(&lives, EVENT_CREATE, (int64_t)id * 100, id);
		make_begin(&lives, (int64_t)id * 100 + 1, id, 1);
		make_end(&lives, (int64_t)id * 100 + 98, id, took[id - 1], 0);
		name.time = (int64_t)id * 100 + 99;
		name.strings[FIELD_NAME - FIELD_NUMBERS] =
			id == 5 ? "fifth" : "other";
		make_take(&lives, &name);
		if (id != 4)
			make_plain(&lives, EVENT_DESTROY,
				   (int64_t)id * 100 + 99, id);
	}
	finish();
	process = lives.processes[0];
	assert_int_equal(process->slow_count, 3);
	for (size_t i = 0; i < 3; i++) {
		const struct lives_slow *slow = &process->slow[i];

		assert_int_equal(slow->first.took_ns, took[slow->id - 1]);
		assert_true(slow->id == 2 || slow->id == 5 || slow->id == 4);
		assert_string_equal(slow->name,
				    slow->id == 5 ? "fifth" : "other");
	}
	/* The fastest of them is on top. */
	assert_int_equal(process->slow->id, 4);
}

static void no_slowest_are_asked_for(void **state)
{
	(void)state;
	lives.slowest = 0;
	live(100, 1);
	finish();
	assert_int_equal(lives.processes[0]->slow_count, 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(memory_is_for_what_is_alive),
		TEST(never_waited_for),
		TEST(dropped_while_it_runs),
		TEST(a_dump_tells_of_one_that_is_gone),
		TEST(each_dump_ends_by_itself),
		TEST(the_end_of_a_dump_is_lost),
		TEST(another_one_has_the_id),
		TEST(the_slowest_are_kept_with_their_names),
		TEST(no_slowest_are_asked_for),
	};

	return cmocka_run_group_tests_name("forgetting", tests, NULL, NULL);
}
