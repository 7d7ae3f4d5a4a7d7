/* SPDX-License-Identifier: MIT */
/* What await_trace_begin() and await_trace_end() record of this process. */
#define _GNU_SOURCE
#include "recorder.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

static int nest(int *out, int x)
{
	await_int *aw = awaitable(leaf, x);
	int rc = await_wait(aw, out);

	await_unref(aw);
	return rc;
}
AWAITABLE(int, nest, (int, x));

static void assert_seen(const struct await_trace *trace, size_t index,
			enum await_event_type type, uint64_t id,
			uint64_t parent)
{
	struct await_seen event = seen(trace, index);

	assert_int_equal(event.type, type);
	assert_int_equal(event.id, id);
	assert_int_equal(event.parent, parent);
	assert_string_equal(event.type_name, "int");
	assert_string_equal(event.file, __FILE__);
	assert_int_equal(event.thread, gettid());
	if (index > 0)
		assert_true(event.time_ns >= seen(trace, index - 1).time_ns);
}

static void everything_is_there(void **state)
{
	const struct await_trace *trace;
	struct await_seen event;
	uint64_t outer, inner;
	await_int *aw;
	unsigned line;

	(void)state;
	assert_int_equal(await_trace_begin(NULL), 0);
	aw = awaitable(nest, 5), line = __LINE__;
	outer = await_id(aw);
	fails_with = -EIO;
	await_wait(aw, NULL);
	fails_with = 0;
	await_wait(aw, NULL);
	await_wait(aw, NULL);
	await_unref(aw);
	trace = await_trace_end();
	assert_non_null(trace);
	assert_int_equal(await_trace_lost(trace), 0);
	assert_int_equal(await_trace_count(trace), 15);
	inner = seen(trace, 2).id;
	assert_seen(trace, 0, AWAIT_EVENT_CREATE, outer, 0);
	assert_seen(trace, 1, AWAIT_EVENT_EXEC_BEGIN, outer, 0);
	assert_seen(trace, 2, AWAIT_EVENT_CREATE, inner, outer);
	assert_seen(trace, 3, AWAIT_EVENT_EXEC_BEGIN, inner, outer);
	assert_seen(trace, 4, AWAIT_EVENT_EXEC_END, inner, outer);
	assert_seen(trace, 5, AWAIT_EVENT_DESTROY, inner, outer);
	assert_seen(trace, 6, AWAIT_EVENT_EXEC_END, outer, 0);
	event = seen(trace, 6);
	assert_string_equal(event.function, "nest");
	assert_int_equal(event.line, line);
	assert_int_equal(event.state, AWAIT_FAILED);
	assert_int_equal(event.error, -EIO);
	assert_int_equal(event.attempt, 1);
	assert_true(event.latency_ns >= seen(trace, 4).latency_ns);
	assert_true(seen(trace, 4).latency_ns > 0);
	event = seen(trace, 12);
	assert_int_equal(event.state, AWAIT_RESOLVED);
	assert_int_equal(event.attempt, 2);
	assert_seen(trace, 13, AWAIT_EVENT_HIT, outer, 0);
	assert_seen(trace, 14, AWAIT_EVENT_DESTROY, outer, 0);
	assert_false(await_trace_get(trace, 15, &event));
}

static void only_what_is_between(void **state)
{
	const struct await_trace *trace;
	await_int *aw = awaitable(leaf, 1);

	(void)state;
	assert_int_equal(await_trace_begin(NULL), 0);
	await_wait(aw, NULL);
	trace = await_trace_end();
	await_wait(aw, NULL);
	assert_int_equal(await_trace_count(trace), 2);
	/* The site of an await from before the trace is known. */
	assert_string_equal(seen(trace, 0).file, __FILE__);
	/* The next trace begins empty. */
	assert_int_equal(await_trace_begin(NULL), 0);
	assert_int_equal(await_trace_count(await_trace_end()), 0);
	/* Also hits of awaits that were made between two traces. */
	assert_int_equal(await_trace_begin(NULL), 0);
	await_wait(aw, NULL);
	assert_int_equal(await_trace_count(await_trace_end()), 1);
	await_unref(aw);
}

static void begin_and_end_go_in_pairs(void **state)
{
	struct await_trace_options wrong = { .stacks = 1u << 31 };

	(void)state;
	assert_null(await_trace_end());
	assert_int_equal(await_trace_begin(&wrong), -EINVAL);
	wrong = (struct await_trace_options){ .depth = 1000 };
	assert_int_equal(await_trace_begin(&wrong), -EINVAL);
	wrong = (struct await_trace_options){ .events = SIZE_MAX };
	assert_int_equal(await_trace_begin(&wrong), -EINVAL);
	assert_null(await_trace_end());
	assert_int_equal(await_trace_begin(NULL), 0);
	await_unref(await_nowait(int, 1));
	assert_int_equal(await_trace_begin(NULL), -EALREADY);
	assert_int_equal(await_trace_count(await_trace_end()), 2);
	assert_null(await_trace_end());
}

static void run_thread(intptr_t count)
{
	pthread_t thread;

	assert_int_equal(
		pthread_create(&thread, NULL, make_some, (void *)count), 0);
	pthread_join(thread, NULL);
}

static void all_threads_or_this_one(void **state)
{
	const struct await_trace_options own = { .this_thread = true };
	const struct await_trace *trace;

	(void)state;
	assert_int_equal(await_trace_begin(NULL), 0);
	run_thread(3);
	make_some((void *)2);
	trace = await_trace_end();
	assert_int_equal(await_trace_count(trace), 10);
	assert_int_not_equal(seen(trace, 0).thread, gettid());
	assert_int_equal(seen(trace, 9).thread, gettid());
	assert_int_equal(await_trace_begin(&own), 0);
	run_thread(3);
	make_some((void *)2);
	assert_int_equal(await_trace_count(await_trace_end()), 4);
}

/* Every event of several threads at once has a place of its own. */
static void no_event_is_mixed_up(void **state)
{
	enum { THREADS = 4, EACH = 5000 };
	const struct await_trace *trace;
	pthread_t threads[THREADS];
	uint64_t time = 0;

	(void)state;
	assert_int_equal(await_trace_begin(NULL), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, make_some, (void *)EACH);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	trace = await_trace_end();
	assert_int_equal(await_trace_count(trace), 2 * THREADS * EACH);
	assert_await_created(trace, "nowait", THREADS * EACH);
	assert_await_threads(trace, await_created("nowait"), THREADS);
	assert_await_no_leak(trace);
	for (size_t i = 0; i < await_trace_count(trace); i++) {
		assert_true(seen(trace, i).id != 0);
		if (seen(trace, i).thread == seen(trace, 0).thread) {
			assert_true(seen(trace, i).time_ns >= time);
			time = seen(trace, i).time_ns;
		}
	}
}

static void what_finds_no_room_is_counted(void **state)
{
	const struct await_trace_options few = { .events = 5 };
	const struct await_trace *trace;

	(void)state;
	assert_int_equal(await_trace_begin(&few), 0);
	make_some((void *)4);
	trace = await_trace_end();
	assert_int_equal(await_trace_count(trace), 5);
	assert_int_equal(await_trace_lost(trace), 3);
	assert_non_null(await_claim_nothing_lost(trace));
	assert_non_null(strstr(await_claim_nothing_lost(trace), "3 "));
	/* The default has room for a million events. */
	assert_int_equal(await_trace_begin(NULL), 0);
	make_some((void *)400000);
	trace = await_trace_end();
	assert_await_count(trace, await_any_event(NULL), 800000);
}

/* A child goes on recording, into a copy. */
static void fork_in_between(void **state)
{
	const struct await_trace *trace;
	int status;
	pid_t pid;

	(void)state;
	assert_int_equal(await_trace_begin(NULL), 0);
	make_some((void *)1);
	pid = fork();
	if (pid == 0) {
		struct await_seen event;
		bool good;

		make_some((void *)2);
		trace = await_trace_end();
		good = trace && await_trace_count(trace) == 6 &&
		       await_trace_get(trace, 5, &event) &&
		       event.thread == (uint32_t)getpid();
		_exit(good ? 0 : 1);
	}
	make_some((void *)3);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(await_trace_count(await_trace_end()), 8);
}

/* As cmocka leaves a test that failed. */
static void a_test_that_leaves_by_longjmp(void **state)
{
	jmp_buf out;

	if (setjmp(out) == 0) {
		assert_int_equal(await_trace_begin(NULL), 0);
		make_some((void *)1);
		longjmp(out, 1);
	}
	assert_int_equal(await_trace_teardown(state), 0);
	assert_null(await_trace_end());
	assert_int_equal(await_trace_begin(NULL), 0);
	assert_int_equal(await_trace_count(await_trace_end()), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(everything_is_there, clean),
		cmocka_unit_test_teardown(only_what_is_between, clean),
		cmocka_unit_test_teardown(begin_and_end_go_in_pairs, clean),
		cmocka_unit_test_teardown(all_threads_or_this_one, clean),
		cmocka_unit_test_teardown(no_event_is_mixed_up, clean),
		cmocka_unit_test_teardown(what_finds_no_room_is_counted, clean),
		cmocka_unit_test_teardown(fork_in_between, clean),
		cmocka_unit_test_teardown(a_test_that_leaves_by_longjmp, clean),
	};

	alarm(120);
	return cmocka_run_group_tests_name("recorder", tests, NULL, NULL);
}
