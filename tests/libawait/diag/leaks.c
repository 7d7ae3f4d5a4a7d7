/* SPDX-License-Identifier: MIT */
/* LIBAWAIT_DEBUG=leaks: what is counted at exit, and of which site. */
#define _GNU_SOURCE
#include "unit.h"

#include "again.h"
#include "page.h"

#include <await/inspect.h>

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

static int use(int *out, void *other)
{
	*out = 1;
	return other ? 0 : -ENOENT;
}
AWAITABLE(int, use, (void *, other));

/* --- what is counted --- */

enum { LEAK_LINE = __LINE__ + 5 };
static void leak(void)
{
	for (int i = 0; i < 5; i++) {
		/* Two that are waited for, three that are not. */
		await_page *aw = awaitable(fetch, "x", i);

		if (i < 2)
			await_wait(aw, NULL);
	}
	await_nowait(int, 1);
	await_promise(int);
}

static void *wait_there(void *aw)
{
	await_wait((await_int *)aw, NULL);
	return NULL;
}

static void leave_one_who_waits(void)
{
	await_int *aw = await_promise(int);
	pthread_t thread;
	char line[200] = "";

	await_promise(int);
	pthread_create(&thread, NULL, wait_there, aw);
	while (!strstr(line, "only who waits"))
		await_describe(aw, line, sizeof(line));
}

static void leave_nothing(void)
{
}

enum { DROP_LINE = __LINE__ + 6, DROP_LINE2 = DROP_LINE + 4 };
static void drop(void)
{
	await_int *aw;

	for (int i = 0; i < 3; i++)
		await_unref(awaitable(answer));
	await_unref(awaitable(fetch, "x", 1));
	for (int i = 0; i < 2; i++)
		/* Dropped while the process lives: two, */
		await_unref(awaitable(answer));
	/* and these do not count: waited for, */
	aw = awaitable(answer);
	await_wait(aw, NULL);
	await_unref(aw);
	aw = awaitable(use, NULL);
	await_wait(aw, NULL);
	await_unref(aw);
	/* cancelled, never lazy, */
	aw = awaitable(answer);
	await_cancel(aw);
	await_unref(aw);
	await_unref(await_nowait(int, 1));
	await_unref(await_promise(int));
	/* and not the last reference. */
	aw = awaitable(answer);
	await_ref(aw);
	await_unref(aw);
}

#define THREADS 8
#define PER_THREAD 2000

static void drop_two_at_one_site(void)
{
	for (int i = 0; i < 2; i++)
		await_unref(awaitable(answer));
}

/* Spins, so that both go on at once: a barrier's sleepers do not. */
static void meet(atomic_uint *arrived)
{
	atomic_fetch_add_explicit(arrived, 1, memory_order_relaxed);
	while (atomic_load_explicit(arrived, memory_order_relaxed) % 2 != 0)
		sched_yield();
}

/* Two threads see each of these sites for the first time at once. */
#define LEAVE_ONE                                                              \
	do {                                                                   \
		static atomic_uint arrived;                                    \
                                                                               \
		meet(&arrived);                                                \
		(void)awaitable(use, NULL);                                    \
	} while (0);
#define LEAVE_FOUR LEAVE_ONE LEAVE_ONE LEAVE_ONE LEAVE_ONE
#define LEAVE_SIXTEEN LEAVE_FOUR LEAVE_FOUR LEAVE_FOUR LEAVE_FOUR

static void *drop_many(void *first_ones)
{
	if (first_ones) {
		LEAVE_SIXTEEN LEAVE_SIXTEEN LEAVE_SIXTEEN LEAVE_SIXTEEN
	}
	for (int i = 0; i < PER_THREAD; i++) {
		await_unref(awaitable(answer));
		await_unref(awaitable(use, NULL));
	}
	return first_ones;
}

static void drop_on_many_threads(void)
{
	pthread_t ids[THREADS];

	for (int i = 0; i < THREADS; i++)
		CHECK(pthread_create(&ids[i], NULL, drop_many,
				     i < 2 ? ids : NULL) == 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(ids[i], NULL);
}

static atomic_int rounds;

/* Awaits that come, go and refer to one another, also during the report. */
static void *be_busy(void *unused)
{
	for (;;) {
		void *context[2] = { NULL, NULL };
		await_int *first = awaitable(use, context);
		await_int *second = awaitable(use, first);

		context[0] = second;
		await_wait(second, NULL);
		context[0] = NULL;
		await_unref(second);
		await_unref(first);
		atomic_fetch_add_explicit(&rounds, 1, memory_order_relaxed);
	}
	return unused;
}

static void exit_while_threads_are_busy(void)
{
	pthread_t id;

	for (int i = 0; i < THREADS; i++)
		CHECK(pthread_create(&id, NULL, be_busy, NULL) == 0);
	while (atomic_load_explicit(&rounds, memory_order_relaxed) < 10000)
		sched_yield();
}

static void forks(void)
{
	int status;
	pid_t pid;

	await_nowait(int, 1);
	for (int i = 0; i < 2; i++)
		await_unref(awaitable(answer));
	pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		await_nowait(int, 2);
		await_unref(awaitable(answer));
		exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

static void leave_by__exit(void)
{
	await_nowait(int, 1);
	_exit(0);
}

static const struct mode modes[] = {
	MODE(leak),
	MODE(leave_nothing),
	MODE(drop),
	MODE(drop_two_at_one_site),
	MODE(drop_on_many_threads),
	MODE(exit_while_threads_are_busy),
	MODE(forks),
	MODE(leave_by__exit),
	MODE(leave_one_who_waits),
};

/* --- tests --- */

static void awaits_alive_at_exit_are_counted_by_site(void **state)
{
	char want[600];

	(void)state;
	report_of("leak");
	snprintf(want, sizeof(want),
		 ALIVE "4\n"
		       "await:    2 page fetch created leaks.c:%d in leak\n",
		 LEAK_LINE);
	assert_non_null(match(text, want));
	expect("await:    1 int nowait created leaks.c:~ in leak\n");
	expect("await:    1 int promise created leaks.c:~ in leak\n");
	snprintf(want, sizeof(want),
		 NEVER "3\n"
		       "await:    3 page fetch created leaks.c:%d in leak\n",
		 LEAK_LINE);
	assert_string_equal(strstr(text, "await: alive and"), want);
	report_of("leave_nothing");
	expect_all(NONE);
	assert_int_equal(run_again("", "leak"), 0);
	expect_all("");
	report_of("leave_by__exit");
	expect_all("");
}

static void waiters_that_are_alone_stand_apart(void **state)
{
	(void)state;
	report_of("leave_one_who_waits");
	expect_all(ALIVE
		   "1\n"
		   "await:    1 int promise created leaks.c:~ in "
		   "leave_one_who_waits\n"
		   "await: alive, only who waits holds it unless lent: 1\n"
		   "await:    1 int promise created leaks.c:~ in "
		   "leave_one_who_waits\n");
}

static void drops_without_a_wait_are_counted_by_site(void **state)
{
	char want[600];

	(void)state;
	report_of("drop");
	snprintf(want, sizeof(want),
		 NEVER
		 "1\n"
		 "await:    1 int answer created leaks.c:~ in drop\n" DROPPED
		 "6\n"
		 "await:    3 int answer created leaks.c:%d in drop\n"
		 "await:    2 int answer created leaks.c:%d in drop\n"
		 "await:    1 page fetch created leaks.c:~ in drop\n",
		 DROP_LINE, DROP_LINE2);
	expect_all(want);
}

static void drops_of_all_threads_are_counted(void **state)
{
	unsigned sites = 0;

	(void)state;
	report_of("drop_on_many_threads");
	expect(NEVER "128\n");
	expect(DROPPED "32000\n");
	expect("await:    16000 int answer created ");
	expect("await:    16000 int use created ");
	for (const char *at = text; (at = strstr(at, "    2 int use ")); at++)
		sites++;
	assert_int_equal(sites, 64);
}

static void the_report_is_made_though_others_still_run(void **state)
{
	(void)state;
	report_of("exit_while_threads_are_busy");
	assert_non_null(strstr(text, "await: "));
	expect(DROPPED "~\n");
}

static void each_process_reports_its_own(void **state)
{
	(void)state;
	report_of("forks");
	expect_all(ALIVE
		   "2\n"
		   "await:    1 int nowait created leaks.c:~ in forks\n"
		   "await:    1 int nowait created leaks.c:~ in forks\n" DROPPED
		   "1\n"
		   "await:    1 int answer created leaks.c:~ in forks\n" ALIVE
		   "1\n"
		   "await:    1 int nowait created leaks.c:~ in forks\n" DROPPED
		   "2\n"
		   "await:    2 int answer created leaks.c:~ in forks\n");
}

/* The table of sites requests memory first, then the search for cycles. */
static void without_memory_the_report_says_so(void **state)
{
	char debug[40];

	(void)state;
	assert_int_equal(run_again("fail-alloc=1,leaks", "leave_nothing"), 0);
	expect_all("await: memory was out: awaits at exit are not counted\n");
	for (int i = 2; i <= 4; i++) {
		snprintf(debug, sizeof(debug), "fail-alloc=%d,leaks", i);
		assert_int_equal(run_again(debug, "leave_nothing"), 0);
		expect_all(NONE "await: memory was out: cycles were not looked "
				"for\n");
	}
	assert_int_equal(run_again("fail-alloc=5,leaks", "leave_nothing"), 0);
	expect_all(NONE);
	/* After a slab: no site is remembered, all are counted. */
	assert_int_equal(
		run_again("fail-alloc=5+,leaks", "drop_two_at_one_site"), 0);
	expect(DROPPED "2\nawait:    2 at other sites\n");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(awaits_alive_at_exit_are_counted_by_site),
		cmocka_unit_test(waiters_that_are_alone_stand_apart),
		cmocka_unit_test(drops_without_a_wait_are_counted_by_site),
		cmocka_unit_test(drops_of_all_threads_are_counted),
		cmocka_unit_test(the_report_is_made_though_others_still_run),
		cmocka_unit_test(each_process_reports_its_own),
		cmocka_unit_test(without_memory_the_report_says_so),
	};

	if (argc > 1)
		return run_named(modes, sizeof(modes) / sizeof(modes[0]),
				 argv[1]);
	alarm(120);
	return cmocka_run_group_tests_name("leaks", tests, NULL, NULL);
}
