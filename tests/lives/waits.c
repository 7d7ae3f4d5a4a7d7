/* SPDX-License-Identifier: MIT */
/* How many waits there were, how long they slept, and how long after its
 * creation an await was first waited for. */
#include "make.h"

#include "lives/processes.h"
#include "lives/sums.h"

static struct lives lives;
static struct figures sum;

static int setup(void **state)
{
	(void)state;
	lives = (struct lives){ 0 };
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

static void take_on(int64_t thread, enum event_kind kind, int64_t time,
		    uint64_t id)
{
	struct trace_event event = make_event(kind, time, id);

	event.vtid = thread;
	make_take(&lives, &event);
}

static void the_first_wait_runs_it(void **state)
{
	(void)state;
	make_plain(&lives, EVENT_CREATE, 100, 1);
	make_begin(&lives, 250, 1, 1);
	make_end(&lives, 300, 1, 50, 0);
	make_plain(&lives, EVENT_HIT, 400, 1);
	finish();
	assert_int_equal(sum.waits, 2);
	assert_int_equal(sum.slack.count, 1);
	assert_int_equal(sum.slack.total, 150);
}

/* A start is no wait. */
static void a_hit_is_the_first_wait(void **state)
{
	struct trace_event begin = make_event(EVENT_EXEC_BEGIN, 110, 1);

	(void)state;
	make_plain(&lives, EVENT_CREATE, 100, 1);
	make_plain(&lives, EVENT_START, 105, 1);
	begin.numbers[FIELD_ATTEMPT] = 1;
	begin.numbers[FIELD_SOURCE] = AWAIT_RUN_START;
	make_take(&lives, &begin);
	make_end(&lives, 120, 1, 10, 0);
	make_plain(&lives, EVENT_HIT, 400, 1);
	finish();
	assert_int_equal(sum.runs, 1);
	assert_int_equal(sum.waits, 1);
	assert_int_equal(sum.slack.total, 300);
}

static void without_a_creation_it_is_unknown(void **state)
{
	(void)state;
	make_begin(&lives, 250, 1, 1);
	make_end(&lives, 300, 1, 50, 0);
	finish();
	assert_int_equal(sum.waits, 1);
	assert_int_equal(sum.slack.count, 0);
}

static void waits_that_sleep(void **state)
{
	(void)state;
	make_plain(&lives, EVENT_CREATE, 100, 1);
	make_begin(&lives, 110, 1, 1);
	take_on(12, EVENT_BLOCK_BEGIN, 120, 1);
	take_on(13, EVENT_BLOCK_BEGIN, 130, 1);
	make_end(&lives, 200, 1, 90, 0);
	take_on(12, EVENT_BLOCK_END, 205, 1);
	take_on(12, EVENT_WAIT_END, 206, 1);
	finish();
	/* One still sleeps. */
	assert_int_equal(sum.waits, 2);
	assert_int_equal(sum.blocked.count, 1);
	assert_int_equal(sum.blocked.total, 85);
	assert_int_equal(lives.wait_count, 1);
}

/* It slept longer than is known. */
static void one_that_slept_when_the_recording_began(void **state)
{
	struct trace_event dumped = make_event(EVENT_DUMP_WAIT, 20, 1);

	(void)state;
	make_plain(&lives, EVENT_DUMP_BEGIN, 10, 0);
	dumped.numbers[FIELD_THREAD] = 12;
	make_take(&lives, &dumped);
	make_plain(&lives, EVENT_DUMP_END, 30, 0);
	assert_int_equal(lives.wait_count, 1);
	take_on(12, EVENT_BLOCK_END, 205, 1);
	assert_int_equal(lives.wait_count, 0);
	finish();
	assert_int_equal(sum.blocked.count, 0);
}

/* The end of its wait was lost. */
static void a_thread_that_does_something_is_awake(void **state)
{
	(void)state;
	make_plain(&lives, EVENT_CREATE, 100, 1);
	take_on(12, EVENT_BLOCK_BEGIN, 120, 1);
	take_on(12, EVENT_HIT, 130, 1);
	assert_int_equal(lives.wait_count, 0);
	take_on(12, EVENT_BLOCK_END, 140, 1);
	finish();
	assert_int_equal(sum.blocked.count, 0);
}

static void waits_without_a_value(void **state)
{
	static const struct {
		enum await_state state;
		int error;
		enum wait_end end;
	} cases[] = {
		{ AWAIT_CANCELLED, -ECANCELED, END_CANCELLED },
		{ AWAIT_FAILED, -ECANCELED, END_FAILED },
		{ AWAIT_FAILED, -EIO, END_FAILED },
		{ AWAIT_FAILED, -ECHILD, END_REFUSED },
		{ AWAIT_RUNNING, -ETIMEDOUT, END_TIMED_OUT },
		{ AWAIT_RUNNING, -EDEADLK, END_REFUSED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		lives = (struct lives){ 0 };
		make_plain(&lives, EVENT_CREATE, 100, 1);
		make_wait_end(&lives, 200, 1, cases[i].state, cases[i].error);
		make_wait_end(&lives, 210, 1, AWAIT_RESOLVED, 0);
		finish();
		assert_int_equal(sum.waits, 2);
		for (int end = 0; end < WAIT_ENDS; end++)
			assert_int_equal(sum.ends[end],
					 end == (int)cases[i].end);
		teardown(NULL);
	}
	lives = (struct lives){ 0 };
}

/* The wait that ran it ends as its run does, and gets no value. */
static void cancelled_while_it_runs(void **state)
{
	(void)state;
	make_plain(&lives, EVENT_CREATE, 100, 1);
	make_begin(&lives, 110, 1, 1);
	make_end(&lives, 120, 1, 10, 0);
	make_wait_end(&lives, 121, 1, AWAIT_RESOLVED, -ECANCELED);
	finish();
	assert_int_equal(sum.waits, 1);
	assert_int_equal(sum.ends[END_CANCELLED], 1);
}

static void threads_are_told_apart(void **state)
{
	(void)state;
	make_plain(&lives, EVENT_CREATE, 100, 1);
	make_begin(&lives, 110, 1, 1);
	make_end(&lives, 120, 1, 10, -EIO);
	take_on(12, EVENT_HIT, 130, 1);
	finish();
	assert_int_equal(lives.thread_count, 2);
	assert_int_equal(lives.threads[0]->tid, MAKE_THREAD);
	assert_int_equal(lives.threads[0]->figures.created, 1);
	assert_int_equal(lives.threads[0]->figures.runs, 1);
	assert_int_equal(lives.threads[0]->figures.failed, 1);
	assert_int_equal(lives.threads[0]->figures.waits, 1);
	assert_int_equal(lives.threads[0]->figures.run.total, 10);
	assert_int_equal(lives.threads[1]->tid, 12);
	assert_int_equal(lives.threads[1]->figures.hits, 1);
	assert_int_equal(lives.threads[1]->figures.waits, 1);
	assert_int_equal(lives.threads[1]->figures.runs, 0);
}

static struct trace_event promise_of(int64_t time, uint64_t id)
{
	struct trace_event event = make_event(EVENT_CREATE, time, id);

	event.numbers[FIELD_ORIGIN] = AWAIT_PROMISE;
	return event;
}

static void destroy(int64_t time, uint64_t id, enum await_state is)
{
	struct trace_event event = make_event(EVENT_DESTROY, time, id);

	event.numbers[FIELD_STATE] = is;
	make_take(&lives, &event);
}

static void promises_that_are_dropped(void **state)
{
	struct trace_event event;

	(void)state;
	for (uint64_t id = 1; id <= 4; id++) {
		event = promise_of((int64_t)id, id);
		make_take(&lives, &event);
	}
	/* No promise. */
	make_plain(&lives, EVENT_CREATE, 5, 5);
	event = make_event(EVENT_RESOLVE, 10, 1);
	event.numbers[FIELD_OUTCOME] = AWAIT_RESOLVED;
	make_take(&lives, &event);
	destroy(11, 1, AWAIT_RESOLVED);
	destroy(12, 2, AWAIT_PENDING);
	/* Of this one the event that settled it was lost. */
	destroy(13, 3, AWAIT_RESOLVED);
	destroy(14, 5, AWAIT_PENDING);
	finish();
	assert_int_equal(sum.dropped, 1);
}

static void errors_that_nobody_has_seen(void **state)
{
	struct trace_event event = make_event(EVENT_EXEC_BEGIN, 20, 1);

	(void)state;
	for (uint64_t id = 1; id <= 3; id++) {
		make_plain(&lives, EVENT_CREATE, (int64_t)id, id);
		event.numbers[FIELD_ID] = id;
		event.numbers[FIELD_ATTEMPT] = 1;
		event.numbers[FIELD_SOURCE] = AWAIT_RUN_START;
		make_take(&lives, &event);
		make_end(&lives, 20, id, 5, id == 3 ? 0 : -EIO);
	}
	make_wait_end(&lives, 30, 1, AWAIT_FAILED, -EIO);
	/* A promise that is rejected. */
	event = promise_of(31, 4);
	make_take(&lives, &event);
	event = make_event(EVENT_RESOLVE, 32, 4);
	event.numbers[FIELD_OUTCOME] = AWAIT_FAILED;
	make_take(&lives, &event);
	for (uint64_t id = 1; id <= 3; id++)
		destroy(40, id, id == 3 ? AWAIT_RESOLVED : AWAIT_FAILED);
	finish();
	assert_int_equal(sum.unseen, 2);
}

static void circles_and_retries(void **state)
{
	(void)state;
	make_plain(&lives, EVENT_CREATE, 1, 1);
	for (unsigned attempt = 1; attempt <= 4; attempt++) {
		make_begin(&lives, 10 * attempt, 1, attempt);
		make_plain(&lives, EVENT_CYCLE, 10 * attempt + 1, 1);
		make_end(&lives, 10 * attempt + 2, 1, 2, -EDEADLK);
	}
	make_plain(&lives, EVENT_CREATE, 100, 2);
	make_begin(&lives, 101, 2, 1);
	take_on(12, EVENT_BLOCK_BEGIN, 102, 2);
	finish();
	assert_int_equal(sum.cycles, 4);
	assert_int_equal(sum.most_runs, 4);
	assert_int_equal(sum.running, 1);
	assert_int_equal(sum.asleep, 1);
}

static bool is_asked_for(const struct lives_process *process)
{
	return process->number != 3;
}

static void create_in(int64_t process, uint64_t id, const char *file)
{
	struct trace_event event = make_event(EVENT_CREATE, 100, id);

	event.process = process;
	event.strings[FIELD_FILE - FIELD_NUMBERS] = file;
	make_take(&lives, &event);
}

static void processes_are_added_up(void **state)
{
	struct sums sums;

	(void)state;
	create_in(1, 1, "a.c");
	create_in(1, 2, "b.c");
	create_in(2, 1, "a.c");
	create_in(3, 1, "a.c");
	assert_int_equal(lives_finish(&lives), 0);
	assert_int_equal(sums_make(&sums, &lives, is_asked_for), 0);
	assert_int_equal(sums.all.created, 3);
	assert_int_equal(sums.function_count, 1);
	assert_string_equal(sums.functions[0]->name, "f");
	assert_int_equal(sums.functions[0]->figures.created, 3);
	assert_int_equal(lives.processes[0]->figures.created, 2);
	assert_int_equal(lives.processes[1]->figures.created, 1);
	sums_free(&sums);
}

/* Its first run was made by its parent's parent, which knows what it is. */
static void a_copy_of_what_an_ancestor_has(void **state)
{
	struct sums sums;

	(void)state;
	create_in(1, 5, "a.c");
	for (int64_t child = 2; child <= 4; child++) {
		struct trace_event process =
			make_event(EVENT_DUMP_PROCESS, 200, 0);
		struct trace_event hit = make_event(EVENT_HIT, 210, 5);

		process.process = hit.process = child;
		process.numbers[FIELD_PPID] = (uint64_t)child - 1;
		make_take(&lives, &process);
		make_take(&lives, &hit);
	}
	assert_int_equal(lives_finish(&lives), 0);
	assert_int_equal(sums_make(&sums, &lives, is_asked_for), 0);
	assert_int_equal(sums.function_count, 1);
	assert_int_equal(sums.functions[0]->figures.hits, 2);
	sums_free(&sums);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(the_first_wait_runs_it),
		TEST(a_hit_is_the_first_wait),
		TEST(without_a_creation_it_is_unknown),
		TEST(waits_that_sleep),
		TEST(one_that_slept_when_the_recording_began),
		TEST(a_thread_that_does_something_is_awake),
		TEST(waits_without_a_value),
		TEST(cancelled_while_it_runs),
		TEST(threads_are_told_apart),
		TEST(promises_that_are_dropped),
		TEST(errors_that_nobody_has_seen),
		TEST(circles_and_retries),
		TEST(processes_are_added_up),
		TEST(a_copy_of_what_an_ancestor_has),
	};

	return cmocka_run_group_tests_name("waits", tests, NULL, NULL);
}
