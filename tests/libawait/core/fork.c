/* SPDX-License-Identifier: MIT */
/* What a forked child finds. A child reports by its exit status: 0, or the
 * line of the check that failed (modulo 256). */
#define _GNU_SOURCE
#include "unit.h"

#include <pthread.h>
#include <semaphore.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHECK(condition)                                                       \
	do {                                                                   \
		if (!(condition))                                              \
			_exit(__LINE__ % 255 + 1);                             \
	} while (0)

AWAIT_TYPE(int, int);

static sem_t inside, go_on;
static atomic_int stop;

static int answer(int x)
{
	return x;
}
AWAITABLE_VALUE(int, answer, (int, x));

static int slow(int *out)
{
	sem_post(&inside);
	sem_wait(&go_on);
	*out = 4;
	return 0;
}
AWAITABLE(int, slow);

/* The child's exit status; 255 if it was killed. */
static int status_of(pid_t pid)
{
	int status;

	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

static void *wait_thread(void *aw)
{
	return (void *)(intptr_t)await_wait((await_int *)aw, NULL);
}

/* As libraries' threads do. */
static void *fork_here(void *running)
{
	pid_t pid = fork();

	if (pid == 0) {
		await_int *aw = awaitable(answer, 6);

		alarm(20);
		CHECK(await_wait((await_int *)running, NULL) == -ECHILD);
		CHECK(await_get(aw) == 6);
		await_unref(aw);
		_exit(0);
	}
	return (void *)(intptr_t)pid;
}

static void a_thread_without_awaits_may_fork(void **state)
{
	await_int *aw = awaitable(slow);
	pthread_t runner, forker;
	void *pid, *rc;

	(void)state;
	pthread_create(&runner, NULL, wait_thread, aw);
	sem_wait(&inside);
	pthread_create(&forker, NULL, fork_here, aw);
	pthread_join(forker, &pid);
	assert_int_equal(status_of((pid_t)(intptr_t)pid), 0);
	sem_post(&go_on);
	pthread_join(runner, &rc);
	assert_int_equal((intptr_t)rc, 0);
	await_unref(aw);
}

static pid_t forked;
static int forks(int *out)
{
	forked = fork();
	*out = forked == 0 ? 1 : 2;
	return 0;
}
AWAITABLE(int, forks);

static void an_own_run_ends_in_both(void **state)
{
	await_int *aw = awaitable(forks);
	int value = await_get(aw);

	(void)state;
	if (forked == 0) {
		CHECK(value == 1);
		CHECK(await_get(aw) == 1);
		await_unref(aw);
		_exit(0);
	}
	assert_int_equal(value, 2);
	assert_int_equal(status_of(forked), 0);
	await_unref(aw);
}

/* Slots of this size come from the depot, under its lock, each time. */
struct block {
	char bytes[2000];
};
AWAIT_TYPE(block, struct block);

static int fill(struct block *out, char with)
{
	memset(out->bytes, with, sizeof(out->bytes));
	return 0;
}
AWAITABLE(block, fill, (char, with));

static void *churn(void *unused)
{
	while (!atomic_load_explicit(&stop, memory_order_relaxed))
		await_unref(awaitable(fill, 'x'));
	return unused;
}

/* Whatever lock a thread holds at the fork, the child can do all of it. */
static void forks_amid_threads_leave_no_lock_held(void **state)
{
	pthread_t threads[3];

	(void)state;
	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, churn, NULL);
	for (int round = 0; round < 100; round++) {
		pid_t pid = fork();

		if (pid == 0) {
			await_int *aw[2000];

			alarm(10);
			await_unref(awaitable(fill, 'y'));
			for (int i = 0; i < 2000; i++)
				CHECK((aw[i] = awaitable(answer, i)) != NULL);
			for (int i = 0; i < 2000; i++) {
				CHECK(await_get(aw[i]) == i);
				await_unref(aw[i]);
			}
			_exit(0);
		}
		assert_int_equal(status_of(pid), 0);
	}
	atomic_store_explicit(&stop, 1, memory_order_relaxed);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_thread_without_awaits_may_fork),
		cmocka_unit_test(an_own_run_ends_in_both),
		cmocka_unit_test(forks_amid_threads_leave_no_lock_held),
	};

	sem_init(&inside, 0, 0);
	sem_init(&go_on, 0, 0);
	alarm(120);
	return cmocka_run_group_tests_name("fork", tests, NULL, NULL);
}
