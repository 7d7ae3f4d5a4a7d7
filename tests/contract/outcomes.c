/* SPDX-License-Identifier: MIT */
/*
 * The contract, outcomes: each wait for an await ends with one event that says
 * how. Waits that hit have HIT, those that run the function EXEC_END, and all
 * others WAIT_END.
 */
#define _GNU_SOURCE
#include "contract.h"

#include <errno.h>
#include <sched.h>
#include <unistd.h>

static const struct timespec past;
static await_int *own; /* what a function waits for, or drops */

static int setup(void **state)
{
	(void)state;
	record();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	record_stop();
	return 0;
}

static int give(int *out, int rc)
{
	*out = 1;
	return rc;
}
AWAITABLE(int, give, (int, rc));

static int give_once(int *out, int rc)
{
	return give(out, rc);
}
AWAITABLE_STICKY(int, give_once, (int, rc));

/* Runs until another wait sleeps. */
static int hold(int *out, int rc)
{
	wait_for_sleepers(1);
	return give(out, rc);
}
AWAITABLE(int, hold, (int, rc));

static atomic_int may_return;

/* Runs until it may return. */
static int linger(int *out, int rc)
{
	while (!atomic_load_explicit(&may_return, memory_order_relaxed))
		sched_yield();
	return give(out, rc);
}
AWAITABLE(int, linger, (int, rc));

static int wait_for_own(int *out)
{
	*out = await_wait(own, NULL);
	return 0;
}
AWAITABLE(int, wait_for_own);

static int drop_own(int *out, int rc)
{
	await_unref(own);
	return give(out, rc);
}
AWAITABLE(int, drop_own, (int, rc));

static int count(enum await_event_type type, const await_int *aw)
{
	return seen_count(type, await_id(aw));
}

/* Its n-th WAIT_END says that. */
static void assert_end(uint64_t id, int n, enum await_state state, int error,
		       uint64_t waiter)
{
	const struct seen *end = seen(AWAIT_EVENT_WAIT_END, id, n);

	assert_non_null(end);
	assert_int_equal(end->event.state, state);
	assert_int_equal(end->event.error, error);
	assert_int_equal(end->event.parent, waiter);
	assert_non_null(end->event.addr);
}

/* The last event of all is the WAIT_END of what this wait returned. */
#define ASSERT_ENDS(aw, wait, state, error)                                    \
	do {                                                                   \
		uint64_t id_ = await_id(aw);                                   \
		int before_ = seen_count(AWAIT_EVENT_WAIT_END, id_);           \
                                                                               \
		assert_int_equal(wait, error);                                 \
		assert_end(id_, before_, state, error, 0);                     \
		assert_int_equal(seen_count(AWAIT_EVENT_WAIT_END, id_),        \
				 before_ + 1);                                 \
		assert_int_equal(seen_count(AWAIT_EVENT_HIT, id_), 0);         \
	} while (0)

/* --- waits without sleep --- */

static void hits_and_runs_need_no_other(void)
{
	await_int *aw = awaitable(give, 0), *fails = awaitable(give, -EIO);

	for (int i = 0; i < 3; i++)
		assert_int_equal(await_wait(aw, NULL), 0);
	assert_int_equal(await_wait_until(aw, NULL, &past), 0);
	assert_int_equal(await_wait(fails, NULL), -EIO);
	assert_int_equal(await_wait(fails, NULL), -EIO);
	assert_int_equal(count(AWAIT_EVENT_EXEC_END, aw), 1);
	assert_int_equal(count(AWAIT_EVENT_HIT, aw), 3);
	assert_int_equal(count(AWAIT_EVENT_EXEC_END, fails), 2);
	assert_int_equal(seen_count(AWAIT_EVENT_WAIT_END, 0), 0);
	await_unref(aw);
	await_unref(fails);
}

static void what_is_final_says_so_each_time(void)
{
	await_int *sticky = awaitable(give_once, -ENOENT);
	await_int *promise = await_promise(int), *gone = awaitable(give, 0);

	assert_int_equal(await_wait(sticky, NULL), -ENOENT);
	assert_int_equal(count(AWAIT_EVENT_WAIT_END, sticky), 0);
	for (int i = 0; i < 2; i++)
		ASSERT_ENDS(sticky, await_wait(sticky, NULL), AWAIT_FAILED,
			    -ENOENT);
	assert_int_equal(await_reject(promise, -EPIPE), 0);
	ASSERT_ENDS(promise, await_wait(promise, NULL), AWAIT_FAILED, -EPIPE);
	ASSERT_ENDS(promise, await_wait_all(&promise, 1, NULL, NULL),
		    AWAIT_FAILED, -EPIPE);
	assert_int_equal(await_cancel(gone), 0);
	ASSERT_ENDS(gone, await_wait_until(gone, NULL, &past), AWAIT_CANCELLED,
		    -ECANCELED);
	await_unref(sticky);
	await_unref(promise);
	await_unref(gone);
}

static void a_refusal_says_so(void)
{
	const struct timespec never = { 0, 1000000000 };
	const uint32_t other = AWAIT_LAYOUT(sizeof(int), AWAIT_KIND_FLOAT);
	await_int *aw = awaitable(give, 0);
	const struct seen *end;
	uint64_t id;

	ASSERT_ENDS(aw, await_core_wait(&aw->head, other), AWAIT_PENDING,
		    -EPROTOTYPE);
	ASSERT_ENDS(aw, await_wait_until(aw, NULL, &never), AWAIT_PENDING,
		    -EINVAL);
	await_unref(aw);
	own = awaitable(wait_for_own);
	id = await_id(own);
	assert_int_equal(await_get(own), -EDEADLK);
	assert_end(id, 0, AWAIT_RUNNING, -EDEADLK, id);
	end = seen(AWAIT_EVENT_WAIT_END, id, 0);
	assert_true(seen(AWAIT_EVENT_CYCLE, id, 0) < end);
	assert_true(end < seen(AWAIT_EVENT_EXEC_END, id, 0));
	await_unref(own);
}

/* The run has its own end, but its wait did not get the value. */
static void a_run_whose_last_reference_went(void)
{
	const struct seen *end;
	uint64_t id;

	own = awaitable(drop_own, 0);
	id = await_id(own);
	assert_int_equal(await_wait(own, NULL), -ECANCELED);
	assert_end(id, 0, AWAIT_RESOLVED, -ECANCELED, 0);
	end = seen(AWAIT_EVENT_WAIT_END, id, 0);
	assert_true(seen(AWAIT_EVENT_EXEC_END, id, 0) < end);
	assert_true(end < seen(AWAIT_EVENT_DESTROY, id, 0));
	own = awaitable(drop_own, -EIO);
	id = await_id(own);
	assert_int_equal(await_wait(own, NULL), -EIO);
	assert_int_equal(seen_count(AWAIT_EVENT_WAIT_END, id), 0);
}

static void a_handle_of_no_await_has_none(void)
{
	await_int *aw = await_nowait(int, 1);
	int before;

	await_unref(aw);
	before = seen_all();
	assert_int_equal(await_wait((await_int *)NULL, NULL), -EINVAL);
	assert_int_equal(await_wait(aw, NULL), -ESTALE);
	assert_int_equal(seen_all(), before);
}

/* --- waits that sleep --- */

/* What sleeps on another thread's run gets that run's outcome. */
static void a_sleeper_says_what_it_got(int rc, enum await_state state)
{
	await_int *aw = awaitable(hold, rc);
	uint64_t id = await_id(aw);
	const struct seen *end;
	struct waiter runner;

	record();
	waiters_start(&runner, 1, aw);
	while (seen_count(AWAIT_EVENT_EXEC_BEGIN, id) == 0)
		sched_yield();
	ASSERT_ENDS(aw, await_wait(aw, NULL), state, rc);
	waiters_join(&runner, 1, rc, rc == 0);
	end = seen(AWAIT_EVENT_WAIT_END, id, 0);
	assert_int_equal(end->tid, gettid());
	assert_true(seen(AWAIT_EVENT_BLOCK_BEGIN, id, 0) <
		    seen(AWAIT_EVENT_BLOCK_END, id, 0));
	assert_true(seen(AWAIT_EVENT_BLOCK_END, id, 0) < end);
	assert_int_equal(seen_count(AWAIT_EVENT_EXEC_END, id), 1);
	await_unref(aw);
}

static void a_promise_says_what_became_of_it(void)
{
	struct waiter waiters[3];
	await_int *promise = await_promise(int), *gone = await_promise(int);

	record();
	ASSERT_ENDS(promise, await_wait_until(promise, NULL, &past),
		    AWAIT_PENDING, -ETIMEDOUT);
	record();
	waiters_start(waiters, 3, promise);
	wait_for_sleepers(3);
	assert_int_equal(await_resolve(promise, 1), 0);
	waiters_join(waiters, 3, 0, 1);
	for (int i = 0; i < 3; i++)
		assert_end(await_id(promise), i, AWAIT_RESOLVED, 0, 0);
	assert_int_equal(count(AWAIT_EVENT_WAIT_END, promise), 3);
	assert_int_equal(count(AWAIT_EVENT_HIT, promise), 0);
	record();
	waiters_start(waiters, 1, gone);
	wait_for_sleepers(1);
	assert_int_equal(await_cancel(gone), 0);
	waiters_join(waiters, 1, -ECANCELED, 0);
	assert_end(await_id(gone), 0, AWAIT_CANCELLED, -ECANCELED, 0);
	await_unref(promise);
	await_unref(gone);
}

/* A deadline that passes while another thread runs it; and after fork() no
 * thread does. */
static void what_another_thread_runs(void)
{
	await_int *aw = awaitable(linger, 0);
	struct waiter runner;
	pid_t pid;

	record();
	waiters_start(&runner, 1, aw);
	while (count(AWAIT_EVENT_EXEC_BEGIN, aw) == 0)
		sched_yield();
	pid = fork();
	if (pid == 0) {
		const struct seen *end;

		alarm(20);
		CHECK(await_wait(aw, NULL) == -ECHILD);
		end = seen(AWAIT_EVENT_WAIT_END, await_id(aw), 0);
		CHECK(end && end->event.state == AWAIT_FAILED);
		CHECK(end->event.error == -ECHILD);
		_exit(0);
	}
	assert_int_equal(exit_status_of(pid), 0);
	ASSERT_ENDS(aw, await_wait_until(aw, NULL, &past), AWAIT_RUNNING,
		    -ETIMEDOUT);
	atomic_store_explicit(&may_return, 1, memory_order_relaxed);
	waiters_join(&runner, 1, 0, 1);
	await_unref(aw);
}

static void how_a_wait_ended(void **state)
{
	(void)state;
	hits_and_runs_need_no_other();
	what_is_final_says_so_each_time();
	a_refusal_says_so();
	a_run_whose_last_reference_went();
	a_handle_of_no_await_has_none();
	a_sleeper_says_what_it_got(0, AWAIT_RESOLVED);
	a_sleeper_says_what_it_got(-EIO, AWAIT_FAILED);
	a_promise_says_what_became_of_it();
	what_another_thread_runs();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(how_a_wait_ended),
	};

	alarm(120);
	return cmocka_run_group_tests_name("outcomes", tests, NULL, NULL);
}
