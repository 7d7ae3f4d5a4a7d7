/* SPDX-License-Identifier: MIT */
/* The contract, waiting for any of several awaits: cycles, and what was left.
 */
#define _GNU_SOURCE
#include "any.h"

#include <setjmp.h>
#include <unistd.h>

/* --- cycles --- */

static await_int *ring[3];
static size_t through;

/* Waits for any of all but itself. */
static int wait_for_others(int *out, int self)
{
	await_int *others[2] = { ring[(self + 1) % 3], ring[(self + 2) % 3] };
	int rc;

	while (atomic_load_explicit(&go, memory_order_acquire) == 0)
		sched_yield();
	rc = await_wait_any(others, 2, NULL, NULL);
	if (rc == -EDEADLK) {
		runs++;
		rc = 0;
	}
	*out = self;
	return rc;
}
AWAITABLE(int, wait_for_others, (int, self));

/* Three threads, each of which waits for any of what the other two run. */
static void any_that_leads_back(void **state)
{
	pthread_t threads[3];
	void *rc;

	(void)state;
	for (int round = 0; round < 50; round++) {
		setup(state);
		for (int i = 0; i < 3; i++)
			ring[i] = awaitable(wait_for_others, i);
		for (int i = 0; i < 3; i++)
			threads[i] = run_elsewhere(ring[i]);
		let_go(1);
		for (int i = 0; i < 3; i++) {
			pthread_join(threads[i], &rc);
			assert_int_equal((intptr_t)rc, 0);
		}
		assert_int_equal(runs, 1); /* exactly one was refused */
		drop(ring, 3);
	}
}

static int wait_for_itself(int *out)
{
	size_t index = 9;

	/* Nobody else could; but with a promise beside it somebody may. */
	if (await_wait_any(&ring[0], 1, NULL, &index) != -EDEADLK || index != 1)
		return -EPROTO;
	*out = 0;
	return await_wait_any(ring, 2, NULL, &through);
}
AWAITABLE(int, wait_for_itself);

static void any_that_need_not_lead_back(void **state)
{
	pthread_t thread;
	void *rc;

	(void)state;
	ring[0] = awaitable(wait_for_itself);
	ring[1] = await_promise(int);
	record();
	thread = run_elsewhere(ring[0]);
	wait_for_sleepers(3); /* a refusal and two awaits */
	assert_int_equal(seen_count(AWAIT_EVENT_CYCLE, 0), 1);
	assert_int_equal(await_resolve(ring[1], 5), 0);
	pthread_join(thread, &rc);
	assert_int_equal((intptr_t)rc, 0);
	assert_int_equal(through, 1);
	drop(ring, 2);
}

static int wait_single(int *out)
{
	*out = 0;
	return await_wait(ring[1], NULL);
}
AWAITABLE(int, wait_single);

static int wait_twice(int *out)
{
	await_int *both[2] = { ring[0], ring[2] };
	int rc;

	/* The other thread sleeps for this one, and the promise is open. */
	while (atomic_load_explicit(&go, memory_order_acquire) == 0)
		sched_yield();
	rc = await_wait_any(both, 2, NULL, &through);
	if (rc != 0)
		return rc;
	*out = 1;
	/* Now nothing else is left. */
	return await_wait_any(ring, 1, NULL, NULL) == -EDEADLK ? 0 : -EPROTO;
}
AWAITABLE(int, wait_twice);

/* A ring of a plain wait and one for any, which has a way out at first. */
static void any_in_a_ring_with_a_way_out(void **state)
{
	pthread_t threads[2];
	void *rc;

	(void)state;
	ring[0] = awaitable(wait_single);
	ring[1] = awaitable(wait_twice);
	ring[2] = await_promise(int);
	record();
	threads[1] = run_elsewhere(ring[1]);
	threads[0] = run_elsewhere(ring[0]);
	wait_for_sleepers(1);
	let_go(1);
	wait_for_sleepers(3);
	assert_int_equal(seen_count(AWAIT_EVENT_CYCLE, 0), 0);
	assert_int_equal(await_resolve(ring[2], 0), 0);
	for (int i = 0; i < 2; i++) {
		pthread_join(threads[i], &rc);
		assert_int_equal((intptr_t)rc, 0);
	}
	assert_int_equal(through, 1);
	assert_int_equal(seen_count(AWAIT_EVENT_CYCLE, 0), 1);
	drop(ring, 3);
}

/* --- what was left behind --- */

static void any_of_what_fork_left(void **state)
{
	await_int *aws[2] = { awaitable(slow, 0, 0), await_promise(int) };
	pthread_t thread = run_elsewhere(aws[0]);
	struct timespec past = { 0 };
	size_t index = 9;
	pid_t pid = fork();
	void *rc;

	(void)state;
	if (pid == 0) {
		alarm(60);
		CHECK(await_wait_any(aws, 2, NULL, &index) == -ECHILD);
		CHECK(index == 0);
		CHECK(await_wait_any(&aws[1], 1, &past, &index) == -ETIMEDOUT);
		_exit(0);
	}
	assert_int_equal(exit_status_of(pid), 0);
	let_go(1);
	pthread_join(thread, &rc);
	drop(aws, 2);
}

static jmp_buf out_of_it;

static int leave(int *out)
{
	(void)out;
	if (runs++ == 0)
		longjmp(out_of_it, 1);
	*out = 6;
	return 0;
}
AWAITABLE(int, leave);

/* Comes back to awaits only when it may. */
static void *leave_it(void *aw)
{
	if (setjmp(out_of_it) == 0)
		await_wait((await_int *)aw, NULL);
	while (atomic_load_explicit(&go, memory_order_acquire) == 0)
		sched_yield();
	await_unref(awaitable(answer, 1));
	return NULL;
}

static void any_of_what_was_left(void **state)
{
	await_int *volatile own = awaitable(leave);
	struct any_waiter waiter;
	pthread_t thread;

	(void)state;
	/* This thread's own: it is found at once, and runs again. */
	if (setjmp(out_of_it) == 0)
		await_wait(own, NULL);
	ring[0] = own;
	assert_int_equal(await_wait_any(ring, 1, NULL, NULL), 0);
	assert_int_equal(runs, 2);
	await_unref(own);

	/* Another thread's: that one has to come back to awaits. */
	setup(state);
	ring[0] = awaitable(leave);
	record();
	pthread_create(&thread, NULL, leave_it, ring[0]);
	while (await_state(ring[0]) != AWAIT_RUNNING)
		sched_yield();
	start_any(&waiter, ring, 1);
	wait_for_sleepers(1);
	let_go(1);
	join_any(&waiter, -EOWNERDEAD, 0);
	pthread_join(thread, NULL);
	await_unref(ring[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(any_that_leads_back),
		TEST(any_that_need_not_lead_back),
		TEST(any_in_a_ring_with_a_way_out),
		TEST(any_of_what_fork_left),
		TEST(any_of_what_was_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
