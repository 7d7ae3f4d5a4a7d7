/* SPDX-License-Identifier: MIT */
/* Functions that end their thread, or leave it by a jump, and functions on
 * stacks of their own, which are not left. */
#define _GNU_SOURCE
#include "leaving.h"
#include "sleepers.h"

#include <await/inspect.h>
#include <pthread.h>
#include <ucontext.h>
#include <unistd.h>

static int end_thread(int *out)
{
	runs++;
	*out = 1;
	if (leave)
		pthread_exit(NULL);
	return 0;
}
AWAITABLE(int, end_thread);

static int pause_in(int *out, atomic_int *inside)
{
	atomic_store_explicit(inside, 1, memory_order_release);
	for (;;)
		pause();
	*out = 1;
	return 0;
}
AWAITABLE(int, pause_in, (atomic_int *, inside));

static void *wait_here(void *aw)
{
	return (void *)(intptr_t)await_wait((await_int *)aw, NULL);
}

static await_int *jumped;

static void *jump_and_end(void *aw)
{
	wait_and_jump((await_int *)aw);
	return NULL;
}

static void the_end_of_the_thread_settles(void **state)
{
	await_int *aw = awaitable(jump);
	pthread_t id;

	(void)state;
	pthread_create(&id, NULL, jump_and_end, aw);
	pthread_join(id, NULL);
	expect_left(aw);
	leave = false;
	assert_int_equal(await_wait(aw, NULL), 0);
	await_unref(aw);
}

static atomic_int may_go;

static void *jump_and_stay(void *aw)
{
	wait_and_jump((await_int *)aw);
	atomic_store_explicit(&may_go, 1, memory_order_release);
	while (atomic_load_explicit(&may_go, memory_order_acquire) != 2)
		usleep(1000);
	return (void *)(intptr_t)await_wait(jumped, NULL);
}

/* Sleeps until the other thread does something with awaits. */
static void those_who_wait_are_told(void **state)
{
	await_int *aw = awaitable(jump);
	struct timespec now;
	pthread_t id, waiter;
	void *rc;

	(void)state;
	jumped = awaitable(answer);
	atomic_store_explicit(&may_go, 0, memory_order_relaxed);
	pthread_create(&id, NULL, jump_and_stay, aw);
	while (atomic_load_explicit(&may_go, memory_order_acquire) != 1)
		usleep(1000);
	/* Looking follows no frame that is gone. */
	assert_int_equal(await_state(aw), AWAIT_RUNNING);
	await_dump(STDERR_FILENO);
	clock_gettime(CLOCK_MONOTONIC, &now);
	assert_int_equal(await_wait_until(aw, NULL, &now), -ETIMEDOUT);
	await_sink_add(&sleeper_sink);
	pthread_create(&waiter, NULL, wait_here, aw);
	while (!atomic_load_explicit(&sleepers, memory_order_relaxed))
		usleep(1000);
	await_sink_remove(&sleeper_sink);
	atomic_store_explicit(&may_go, 2, memory_order_release);
	pthread_join(id, &rc);
	assert_int_equal((intptr_t)rc, 0);
	pthread_join(waiter, &rc);
	assert_int_equal((intptr_t)rc, -EOWNERDEAD);
	await_unref(aw);
	await_unref(jumped);
}

static void ending_the_thread_fails_the_run(void **state)
{
	await_int *aw = awaitable(end_thread);
	pthread_t id;

	(void)state;
	pthread_create(&id, NULL, wait_here, aw);
	pthread_join(id, NULL);
	expect_left(aw);
	leave = false;
	/* Its entry of the thread table is used again. */
	pthread_create(&id, NULL, wait_here, aw);
	pthread_join(id, NULL);
	assert_int_equal(await_state(aw), AWAIT_RESOLVED);
	await_unref(aw);
}

static void cancelling_the_thread_fails_the_run(void **state)
{
	atomic_int inside = 0;
	await_int *aw = awaitable(pause_in, &inside);
	await_int *outer = awaitable(wait_for_it, aw);
	pthread_t id;
	void *rc;

	(void)state;
#ifdef __SANITIZE_ADDRESS__
	/* It fails itself where code that it checks is unwound so. */
	await_unref(outer);
	await_unref(aw);
	return;
#endif
	pthread_create(&id, NULL, wait_here, outer);
	while (!atomic_load_explicit(&inside, memory_order_acquire))
		usleep(1000);
	pthread_cancel(id);
	pthread_join(id, &rc);
	assert_ptr_equal(rc, PTHREAD_CANCELED);
	expect_left(aw);
	expect_left(outer);
	await_unref(outer);
	await_unref(aw);
}

/* --- functions on stacks of their own --- */

static ucontext_t main_context, other_context;
static char other_stack[256 << 10];

static int switch_away(int *out)
{
	runs++;
	swapcontext(&other_context, &main_context);
	*out = 8;
	return 0;
}
AWAITABLE(int, switch_away);

static int switch_back(int *out)
{
	swapcontext(&main_context, &other_context);
	*out = 9;
	return 0;
}
AWAITABLE(int, switch_back);

static void wait_on_other_stack(void)
{
	assert_int_equal(await_wait(jumped, NULL), 0);
}

static void start_other_stack(void)
{
	jumped = awaitable(switch_away);
	getcontext(&other_context);
	other_context.uc_stack.ss_sp = other_stack;
	other_context.uc_stack.ss_size = sizeof(other_stack);
	other_context.uc_link = &main_context;
	makecontext(&other_context, wait_on_other_stack, 0);
	swapcontext(&main_context, &other_context);
	assert_int_equal(await_state(jumped), AWAIT_RUNNING);
}

static void a_run_on_another_stack_is_not_left(void **state)
{
	await_int *aw = awaitable(answer);

	(void)state;
	start_other_stack();
	assert_int_equal(await_wait(aw, NULL), 0);
	assert_int_equal(await_state(jumped), AWAIT_RUNNING);
	assert_int_equal(await_wait(jumped, NULL), -EDEADLK);
	swapcontext(&main_context, &other_context);
	assert_int_equal(await_state(jumped), AWAIT_RESOLVED);
	await_unref(jumped);
	await_unref(aw);
}

/* The outer run ends first. */
static void runs_on_two_stacks_may_cross(void **state)
{
	await_int *aw = awaitable(switch_back), *other = awaitable(answer);
	int value = 0;

	(void)state;
	start_other_stack();
	assert_int_equal(await_wait(aw, &value), 0);
	assert_int_equal(value, 9);
	assert_int_equal(await_wait(jumped, &value), 0);
	assert_int_equal(value, 8);
	assert_int_equal(await_wait(other, &value), 0);
	await_sink_add(&sink);
	await_unref(other);
	other = awaitable(answer);
	assert_int_equal(await_wait(other, &value), 0);
	await_sink_remove(&sink);
	assert_int_equal(seen[0].parent, 0);
	await_unref(jumped);
	await_unref(aw);
	await_unref(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_end_of_the_thread_settles, setup),
		cmocka_unit_test_setup(those_who_wait_are_told, setup),
		cmocka_unit_test_setup(ending_the_thread_fails_the_run, setup),
		cmocka_unit_test_setup(cancelling_the_thread_fails_the_run,
				       setup),
		cmocka_unit_test_setup(a_run_on_another_stack_is_not_left,
				       setup),
		cmocka_unit_test_setup(runs_on_two_stacks_may_cross, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
