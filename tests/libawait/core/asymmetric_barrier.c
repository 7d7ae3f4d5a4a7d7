/* SPDX-License-Identifier: MIT */
/*
 * Runs that end while another thread sleeps on them, or drops the last
 * reference to them, where the kernel allows membarrier(), where it refuses it
 * from the start, and where a sandbox is closed while threads are at it. Each
 * test runs in a child process: its sandbox stays closed.
 */
#define _GNU_SOURCE
#include "unit.h"

#include "child.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

static atomic_int begun, met, ended;

static void end(int *value)
{
	if (*value == 7)
		atomic_fetch_add_explicit(&ended, 1, memory_order_relaxed);
}
AWAIT_TYPE(counted, int, end);

/* Each yields, as there may be one processor for both. */
static void wait_for(atomic_int *word)
{
	while (!atomic_load_explicit(word, memory_order_acquire))
		sched_yield();
}

/* Runs until it has been seen to run, and a little longer. */
static int slow(int turns)
{
	atomic_store_explicit(&begun, 1, memory_order_release);
	wait_for(&met);
	for (volatile int i = 0; i < turns; i++)
		;
	return 7;
}
AWAITABLE_VALUE(counted, slow, (int, turns));

/* Without a reference of its own, so it must not look at the value. */
static void *run_it(void *aw)
{
	int rc = await_wait((await_counted *)aw, NULL);

	CHECK(rc == 0 || rc == -ECANCELED);
	return NULL;
}

/* The other thread sleeps, or drops the last reference; how long the run still
 * takes then differs from round to round. */
static void one_round(int round, bool drop)
{
	await_counted *aw = awaitable(slow, round * 7 % 3000);
	pthread_t thread;
	int value = 0;

	CHECK(aw);
	atomic_store_explicit(&begun, 0, memory_order_relaxed);
	atomic_store_explicit(&met, 0, memory_order_relaxed);
	CHECK(pthread_create(&thread, NULL, run_it, aw) == 0);
	wait_for(&begun);
	atomic_store_explicit(&met, 1, memory_order_release);
	if (!drop)
		CHECK(await_wait(aw, &value) == 0 && value == 7);
	else
		await_unref(aw);
	CHECK(pthread_join(thread, NULL) == 0);
	if (!drop)
		await_unref(aw);
	CHECK(atomic_load_explicit(&ended, memory_order_relaxed) == round + 1);
}

/* What these look for is rare, and rarer where each round is slow: the plain
 * builds do them all, the sanitizers a share, but in ./run long. */
static int rounds_in_all(void)
{
#ifdef AWAIT_ASSERTS
	const char *tests = getenv("AWAIT_TESTS");

	if (!tests || strcmp(tests, "long") != 0)
		return 500;
#endif
	return 3000;
}

static void rounds(int from, int to)
{
	for (int round = from; round < to; round++)
		one_round(round, round & 1);
}

static void nothing(struct await_sink *sink, const struct await_event *event)
{
	(void)sink;
	(void)event;
}

/* Needs the barrier once there is a second thread. */
static int add_and_remove_sink(void)
{
	static struct await_sink sink = {
		.event = nothing,
		.events = AWAIT_EVENT_BIT(AWAIT_EVENT_HIT),
	};
	int rc = await_sink_add(&sink);

	if (rc == 0)
		CHECK(await_sink_remove(&sink) == 0);
	return rc;
}

static void *pause_for_ever(void *unused)
{
	pause();
	return unused;
}

static void second_thread(void)
{
	pthread_t thread;

	CHECK(pthread_create(&thread, NULL, pause_for_ever, NULL) == 0);
}

/* On all threads. */
static void close_sandbox(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_membarrier, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = {
		.len = sizeof(code) / sizeof(code[0]),
		.filter = code,
	};

	CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	CHECK(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		      SECCOMP_FILTER_FLAG_TSYNC, &filter) == 0);
}

static void use_barriers(void)
{
	second_thread();
	CHECK(add_and_remove_sink() == 0);
	rounds(0, rounds_in_all());
}

static void do_without_barriers(void)
{
	second_thread();
	CHECK(add_and_remove_sink() == -ENOSYS);
	rounds(0, rounds_in_all());
}

static void close_the_sandbox_first(void)
{
	close_sandbox();
	execl("/proc/self/exe", program_invocation_name, "do_without_barriers",
	      (char *)NULL);
	CHECK(0);
}

static void close_the_sandbox_midway(void)
{
	int all = rounds_in_all();

	second_thread();
	CHECK(add_and_remove_sink() == 0);
	rounds(0, all / 2);
	close_sandbox();
	CHECK(add_and_remove_sink() == -ENOSYS);
	rounds(all / 2, all);
}

static const struct mode modes[] = {
	MODE(use_barriers),
	MODE(do_without_barriers),
	MODE(close_the_sandbox_first),
	MODE(close_the_sandbox_midway),
};

static void no_end_is_missed_with_barriers(void **state)
{
	(void)state;
	assert_int_equal(run_again("", "use_barriers"), 0);
}

static void no_end_is_missed_without_barriers(void **state)
{
	(void)state;
	assert_int_equal(run_again("", "close_the_sandbox_first"), 0);
}

static void no_end_is_missed_when_barriers_go_away(void **state)
{
	(void)state;
	assert_int_equal(run_again("", "close_the_sandbox_midway"), 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_end_is_missed_with_barriers),
		cmocka_unit_test(no_end_is_missed_without_barriers),
		cmocka_unit_test(no_end_is_missed_when_barriers_go_away),
	};

	if (argc > 1)
		return run_named(modes, sizeof(modes) / sizeof(modes[0]),
				 argv[1]);
	alarm(120);
	return cmocka_run_group_tests_name("asymmetric_barrier", tests, NULL,
					   NULL);
}
