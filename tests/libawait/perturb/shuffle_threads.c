/* SPDX-License-Identifier: MIT */
/* LIBAWAIT_PERTURB=shuffle: its threads take no signals, survive no fork, may
 * be refused, and get along with many others. */
#define _GNU_SOURCE
#include "shuffle.h"

/* The thread sanitizer does not support it. */
#ifdef __SANITIZE_THREAD__
#define FORKED_MAY_MAKE_THREADS 0
#else
#define FORKED_MAY_MAKE_THREADS 1
#endif

static atomic_int handled_by;

static void on_usr1(int unused)
{
	(void)unused;
	set(&handled_by, gettid());
}

static int signals(int *out)
{
	sigset_t mask;

	*out = gettid();
	pthread_sigmask(SIG_BLOCK, NULL, &mask);
	CHECK(sigismember(&mask, SIGUSR1) == (*out != main_tid));
	CHECK(sigismember(&mask, SIGSEGV) == 0);
	return kill(getpid(), SIGUSR1);
}
AWAITABLE(int, signals);

/* With this seed another thread runs the first await. */
static void signals_reach_the_main_thread(void)
{
	signal(SIGUSR1, on_usr1);
	for (int i = 0; i < 20; i++) {
		await_int *aw = awaitable(signals);
		pid_t tid = await_get(aw);

		CHECK(i != 0 || tid != main_tid);
		CHECK(atomic_exchange_explicit(&handled_by, 0,
					       memory_order_acq_rel) ==
		      main_tid);
		/* It has been joined, but the kernel forgets it a little later.
		 */
		while (tid != main_tid && tgkill(getpid(), tid, 0) == 0)
			sched_yield();
		await_unref(aw);
	}
}

/* With this seed another thread runs the first await; the child lacks it. */
static void a_fork_amid_a_run(void)
{
	pthread_t thread;
	int status;
	pid_t pid;

	shared = awaitable(patient, 4);
	thread = thread_that_waits(shared);
	sem_wait(&inside);
	pid = fork();
	if (pid == 0) {
		alarm(20);
		CHECK(await_wait(shared, NULL) == -ECHILD);
		set(&held, 0);
		if (FORKED_MAY_MAKE_THREADS)
			forty_nested_awaits();
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	sem_post(&go_on);
	CHECK(joined(thread) == 0);
}

/* Their stacks would be larger than the address space. */
static void threads_cannot_be_made(void)
{
	pthread_attr_t attr;

	CHECK(pthread_attr_init(&attr) == 0);
	CHECK(pthread_attr_setstacksize(&attr, (size_t)1 << 46) == 0);
	CHECK(pthread_setattr_default_np(&attr) == 0);
	forty_nested_awaits();
}

enum { THREADS = 8, AWAITS = 200 };
static await_int *crowd[AWAITS];

/* Waits for those before it, too; every third fails at first. */
static int member(int *out, int n)
{
	static atomic_int failed[AWAITS];
	int value = 0;

	if (n >= 3 && await_wait(crowd[n - 3], &value) != 0)
		CHECK(await_get(crowd[n - 3]) == n - 3);
	*out = n;
	return n % 3 == 0 && atomic_exchange_explicit(
				     &failed[n], 1, memory_order_acq_rel) == 0 ?
		       -EIO :
		       0;
}
AWAITABLE(int, member, (int, n, let_go, hold));

static void *wait_for_crowd(void *who)
{
	unsigned bits = (unsigned)(uintptr_t)who * 2654435761u;

	for (int i = 0; i < AWAITS; i++) {
		await_int *aw;
		int value = -1, n;

		bits = bits * 1103515245u + 12345;
		n = (int)(bits >> 16) % AWAITS;
		aw = await_ref(crowd[n]);
		CHECK(await_wait(aw, &value) == 0 ? value == n :
						    value == -1 && n % 3 == 0);
		CHECK(await_get(aw) == n);
		await_unref(aw);
	}
	return NULL;
}

static void eight_threads_and_a_crowd(void)
{
	pthread_t threads[THREADS];

	for (int i = 0; i < AWAITS; i++)
		crowd[i] = awaitable(member, i);
	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, wait_for_crowd,
			       (void *)(uintptr_t)(i + 1));
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < AWAITS; i++) {
		CHECK(await_get(crowd[i]) == i);
		CHECK(await_attempts(crowd[i]) == 1 + (i % 3 == 0));
		await_unref(crowd[i]);
	}
	CHECK(count(&held) == 0);
}

static const struct mode modes[] = {
	MODE(forty_nested_awaits),	     MODE(the_first_wait_only),
	MODE(signals_reach_the_main_thread), MODE(a_fork_amid_a_run),
	MODE(threads_cannot_be_made),	     MODE(eight_threads_and_a_crowd),
};

/* --- tests --- */

static void threads_disturb_nobody(void **state)
{
	(void)state;
	perturb_seed(handing_seed(), "signals_reach_the_main_thread");
	perturb_seed(handing_seed(), "a_fork_amid_a_run");
}

static void no_thread_is_no_failure(void **state)
{
	(void)state;
	perturb("shuffle=7", "threads_cannot_be_made");
	assert_int_equal(occurrences("begin "), 80);
	assert_int_equal(occurrences("elsewhere"), 0);
}

static void many_threads_are_shuffled(void **state)
{
	(void)state;
	for (int seed = 1; seed <= 5; seed++)
		perturb_seed(seed, "eight_threads_and_a_crowd");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(threads_disturb_nobody),
		cmocka_unit_test(no_thread_is_no_failure),
		cmocka_unit_test(many_threads_are_shuffled),
	};

	sem_init(&inside, 0, 0);
	sem_init(&go_on, 0, 0);
	if (argc > 1) {
		main_tid = gettid();
		return run_named(modes, sizeof(modes) / sizeof(modes[0]),
				 argv[1]);
	}
	alarm(150);
	return cmocka_run_group_tests_name("shuffle_threads", tests, NULL,
					   NULL);
}
