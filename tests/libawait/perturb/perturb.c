/* SPDX-License-Identifier: MIT */
/* LIBAWAIT_PERTURB=eager, delay-nth and fail-nth, and bad values. What is
 * delayed is delayed for ever, and seen not to have begun. */
#define _GNU_SOURCE
#include "perturb.h"

#define EIO_TEXT "-EIO (Input/output error)"

static int answer(void)
{
	return 42;
}
AWAITABLE_VALUE(int, answer);

/* --- eager --- */

static void eager_events(void)
{
	await_int *aw;

	await_sink_add(&printer);
	aw = awaitable(outer, 3);
	CHECK(await_state(aw) == AWAIT_RESOLVED && count(&runs) == 1);
	CHECK(await_get(aw) == 3);
	await_unref(aw);
	await_sink_remove(&printer);
}

static void eager_other_ends(void)
{
	await_int *aw = awaitable(flaky), *other;

	CHECK(await_state(aw) == AWAIT_FAILED && await_error(aw) == -EAGAIN);
	CHECK(await_wait(aw, NULL) == 0 && await_attempts(aw) == 2);
	await_unref(aw);
	set(&runs, 0);
	aw = awaitable(sticky);
	CHECK(await_wait(aw, NULL) == -ENOENT && count(&runs) == 1);
	await_unref(aw);
	aw = await_promise(int);
	other = await_nowait(int, 4);
	CHECK(await_state(aw) == AWAIT_PENDING && await_get(other) == 4);
	CHECK(await_cancel(aw) == 0);
	await_unref(aw);
	await_unref(other);
	aw = awaitable(fetch, 1);
	CHECK(await_cancel(aw) == -EALREADY && count(&held) == 0);
	await_unref(aw);
}

static atomic_int left_alone;

/* What a sink makes does not run, and so makes no more. */
static void create_in_sink(struct await_sink *sink, const struct await_event *e)
{
	await_int *aw = awaitable(fetch, 1);

	(void)sink;
	(void)e;
	add(&left_alone, await_state(aw) == AWAIT_PENDING);
	CHECK(await_get(aw) == 1);
	await_unref(aw);
}

static void create_in_a_sink(void)
{
	struct await_sink sink = { create_in_sink, 0xff, NULL };
	await_int *aw;

	await_sink_add(&sink);
	aw = awaitable(outer, 1);
	CHECK(await_get(aw) == 1);
	await_unref(aw);
	CHECK(await_sink_remove(&sink) == 0);
	dprintf(STDERR_FILENO, "%d left alone, %d held\n", count(&left_alone),
		count(&held));
}

/* --- delay-nth and fail-nth --- */

/* The first run is claimed and no more; the second overtakes it. */
static void the_second_run_overtakes_the_first(void)
{
	await_int *first = awaitable(fetch, 1), *second = awaitable(outer, 2);
	struct timespec deadline;
	char line[100];
	ssize_t length;
	int fds[2], to = dup(STDERR_FILENO);

	CHECK(pipe(fds) == 0 && dup2(fds[1], STDERR_FILENO) >= 0);
	thread_that_waits(first);
	/* It is said when it begins. */
	length = read(fds[0], line, sizeof(line));
	CHECK(length > 0 && write(to, line, (size_t)length) > 0);
	CHECK(await_state(first) == AWAIT_RUNNING);
	CHECK(await_get(second) == 2 && count(&runs) == 1);
	deadline = from_now(100);
	CHECK(await_wait_until(first, NULL, &deadline) == -ETIMEDOUT);
	CHECK(await_state(first) == AWAIT_RUNNING && count(&runs) == 1);
}

/* Five in turn, then those that failed again. */
static void five_in_turn(void)
{
	await_int *aw[5];

	for (int i = 0; i < 5; i++)
		aw[i] = awaitable(fetch, i);
	for (int i = 0; i < 5; i++)
		dprintf(STDERR_FILENO, "%d ", await_wait(aw[i], NULL));
	dprintf(STDERR_FILENO, "ran %d held %d:", count(&runs), count(&held));
	for (int i = 0; i < 5; i++) {
		if (await_state(aw[i]) == AWAIT_FAILED)
			dprintf(STDERR_FILENO, " %d", await_wait(aw[i], NULL));
		CHECK(await_state(aw[i]) == AWAIT_FAILED ||
		      await_get(aw[i]) == i);
		dprintf(STDERR_FILENO, " attempts %d", await_attempts(aw[i]));
		await_unref(aw[i]);
	}
	CHECK(count(&held) == 0);
	dprintf(STDERR_FILENO, "\n");
}

static void values_then_one_that_can_fail(void)
{
	for (int i = 0; i < 3; i++) {
		await_int *aw = awaitable(answer);

		CHECK(await_get(aw) == 42);
		await_unref(aw);
	}
	shared = awaitable(fetch, 7);
	dprintf(STDERR_FILENO, "%d\n", await_wait(shared, NULL));
}

static void fail_events(void)
{
	await_int *aw = awaitable(sticky);

	await_sink_add(&printer);
	CHECK(await_wait(aw, NULL) == -EIO && await_wait(aw, NULL) == -EIO);
	CHECK(count(&runs) == 0 && await_error(aw) == -EIO);
	await_sink_remove(&printer);
}

static void do_nothing(void)
{
	CHECK(atomic_load_explicit(&await_armed, memory_order_relaxed) == 0);
}

static const struct mode modes[] = {
	MODE(eager_events),	MODE(eager_other_ends),
	MODE(create_in_a_sink), MODE(the_second_run_overtakes_the_first),
	MODE(five_in_turn),	MODE(values_then_one_that_can_fail),
	MODE(fail_events),	MODE(do_nothing),
};

/* --- tests --- */

/* What follows our name in each line of text is lines. */
static void assert_lines(const char *lines)
{
	char *at, *to = text;

	while ((at = strstr(text, "await: LIBAWAIT_PERTURB: ")) != NULL) {
		to = at + strlen("await: LIBAWAIT_PERTURB: ");
		memmove(at, to, strlen(to) + 1);
	}
	assert_string_equal(text, lines);
}

static void eager_runs_at_creation(void **state)
{
	(void)state;
	perturb("eager", "eager_events");
	assert_string_equal(text, "create #1 in #0 here\n"
				  "begin #1 in #0 here as created\n"
				  "create #2 in #1 here\n"
				  "begin #2 in #1 here as created\n"
				  "end #2 in #1 here\n"
				  "hit #2 in #1 here\n"
				  "destroy #2 in #1 here\n"
				  "end #1 in #0 here\n"
				  "hit #1 in #0 here\n"
				  "destroy #1 in #0 here\n");
	perturb("eager", "eager_other_ends");
	assert_string_equal(text, "");
}

static void sinks_are_left_alone(void **state)
{
	(void)state;
	perturb("eager", "create_in_a_sink");
	assert_string_equal(text, "10 left alone, 0 held\n");
	/* Of the two runs that count, none is the third. */
	perturb("fail-nth=3", "create_in_a_sink");
	assert_string_equal(text, "8 left alone, 0 held\n");
	perturb("shuffle=1", "create_in_a_sink");
}

static void a_delayed_run_is_overtaken(void **state)
{
	(void)state;
	perturb("delay-nth=1:3600000000", "the_second_run_overtakes_the_first");
	assert_lines("run 1, #1 fetch: delayed by 3600000000 us\n");
	perturb("delay-nth=2:20", "five_in_turn");
	assert_lines("0 run 2, #2 fetch: delayed by 20 us\n"
		     "0 0 0 0 ran 5 held 0: attempts 1 attempts 1 attempts 1 "
		     "attempts 1 attempts 1\n");
	perturb("delay-nth=2+", "values_then_one_that_can_fail");
	assert_lines("run 2, #1.1 answer: delayed by 1000 us, as are all later "
		     "ones\n0\n");
}

static void the_nth_run_fails(void **state)
{
	static const char *const same[] = { "fail-nth=3", "fail-nth=3:-EIO",
					    "fail-nth=3:EIO", "fail-nth=3:5",
					    "fail-nth=3:-5" };

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		perturb(same[i], "five_in_turn");
		assert_lines("0 0 run 3, #3 fetch: fails with " EIO_TEXT "\n"
			     "-5 0 0 ran 4 held 1: attempts 1 attempts 1 0 "
			     "attempts 2 attempts 1 attempts 1\n");
	}
	perturb("fail-nth=3:1234", "five_in_turn");
	assert_ptr_equal(strstr(text, "0 0 await: LIBAWAIT_PERTURB: run 3, #3 "
				      "fetch: fails with -1234\n-1234 0 0 "),
			 text);
}

static void without_a_number_the_first_run_fails(void **state)
{
	static const char *const same[] = { "fail-nth", "fail-nth=1",
					    "fail-nth=-EIO", "fail-nth=EIO",
					    "fail-nth=-5" };

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		perturb(same[i], "five_in_turn");
		assert_ptr_equal(strstr(text,
					"await: LIBAWAIT_PERTURB: run 1, "
					"#1 fetch: fails with " EIO_TEXT "\n"
					"-5 0 0 0 0 ran 4 held 1: 0 "),
				 text);
	}
}

static void all_later_runs_fail(void **state)
{
	(void)state;
	perturb("fail-nth=4+:-ENOTSUP", "five_in_turn");
	assert_lines(
		"0 0 0 run 4, #4 fetch: fails with -EOPNOTSUPP "
		"(Operation not supported), as do all later ones that can\n"
		"-95 -95 ran 3 held 2: attempts 1 attempts 1 attempts 1 "
		"-95 attempts 2 -95 attempts 2\n");
}

static void values_cannot_fail(void **state)
{
	(void)state;
	perturb("fail-nth=2", "values_then_one_that_can_fail");
	assert_lines("run 2, #1.1 answer: runs, for it cannot fail\n0\n");
	perturb("fail-nth=2+", "values_then_one_that_can_fail");
	assert_lines("run 4, #1.3 fetch: fails with " EIO_TEXT
		     ", as do all later ones that can\n-5\n");
}

static void a_failure_is_an_event(void **state)
{
	(void)state;
	perturb("fail-nth=1+", "fail_events");
	assert_lines(
		"begin #1 in #0 here\nrun 1, #1 sticky: fails with " EIO_TEXT
		", as do all later ones that can\n"
		"end #1 in #0 here failed\n");
}

static void options_go_together(void **state)
{
	(void)state;
	perturb("eager,,fail-nth=2,delay-nth=2:1", "five_in_turn");
	assert_lines("run 2, #2 fetch: delayed by 1 us\n"
		     "run 2, #2 fetch: fails with " EIO_TEXT "\n"
		     "0 0 0 0 0 ran 5 held 0: attempts 1 attempts 2 attempts 1 "
		     "attempts 1 attempts 1\n");
}

#define KNOWN                                                                  \
	", known are: eager, delay-nth=N[+][:MICROSECONDS], "                  \
	"fail-nth=N[+][:ERRNO], shuffle[=SEED]\n"
static void bad_values_are_refused(void **state)
{
	static const char *const bad[] = {
		"eager=",
		"eager=1",
		"delay-nth=0",
		"delay-nth=",
		"delay-nth=1-",
		"delay-nth=1:",
		"delay-nth=1:ms",
		"delay-nth=x",
		"delay-nth=1:3600000001",
		"fail-nth=0",
		"fail-nth=",
		"fail-nth=1:",
		"fail-nth=1:0",
		"fail-nth=EOI",
		"fail-nth=1:4096",
		"fail-nth=1:--5",
		"fail-nth=1++",
		"fail-nth=99999999999999999999",
		"shuffle=",
		"shuffle=-1",
		"shuffle=x",
		"shuffle=1x",
	};
	char line[200];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(line, sizeof(line),
			 "await: LIBAWAIT_PERTURB: bad value: %s, it is %.*s",
			 bad[i], (int)strcspn(bad[i], "="), bad[i]);
		perturb(bad[i], "do_nothing");
		assert_ptr_equal(strstr(text, line), text);
		assert_int_equal(occurrences("\n"), 1);
	}
	perturb("eagre,,fail-nt=1", "do_nothing");
	assert_lines("unknown option eagre" KNOWN
		     "unknown option fail-nt=1" KNOWN);
	perturb("", "do_nothing");
	assert_string_equal(text, "");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(eager_runs_at_creation),
		cmocka_unit_test(sinks_are_left_alone),
		cmocka_unit_test(a_delayed_run_is_overtaken),
		cmocka_unit_test(the_nth_run_fails),
		cmocka_unit_test(without_a_number_the_first_run_fails),
		cmocka_unit_test(all_later_runs_fail),
		cmocka_unit_test(values_cannot_fail),
		cmocka_unit_test(a_failure_is_an_event),
		cmocka_unit_test(options_go_together),
		cmocka_unit_test(bad_values_are_refused),
	};

	if (argc > 1) {
		main_tid = gettid();
		return run_named(modes, sizeof(modes) / sizeof(modes[0]),
				 argv[1]);
	}
	alarm(150);
	return cmocka_run_group_tests_name("perturb", tests, NULL, NULL);
}
