/* SPDX-License-Identifier: MIT */
/*
 * The contract, what other code does to an await: resolving promises,
 * cancelling, and fork().
 */
#define _GNU_SOURCE
#include "contract.h"

#include <sched.h>
#include <semaphore.h>
#include <unistd.h>

static int released, destroyed;
static sem_t inside, go_on;

static void text_clear(char **text)
{
	destroyed++;
	free(*text);
}
AWAIT_TYPE(text, char *, text_clear);

static void release(char *text)
{
	released++;
	free(text);
}

static int copy(char **out, char *text)
{
	*out = strdup(text);
	return 0;
}
AWAITABLE(text, copy, (char *, text, release));

static int answer(int x)
{
	return x;
}
AWAITABLE_VALUE(int, answer, (int, x));

static int fails(int *out)
{
	(void)out;
	return -EIO;
}
AWAITABLE(int, fails);

static int slow(int *out, char *text)
{
	sem_post(&inside);
	sem_wait(&go_on);
	*out = (int)strlen(text);
	return 0;
}
AWAITABLE(int, slow, (char *, text, release));

static int setup(void **state)
{
	(void)state;
	released = destroyed = 0;
	sem_init(&inside, 0, 0);
	sem_init(&go_on, 0, 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	record_stop();
	return 0;
}

/* --- promises --- */

static void markcompleted(void **state)
{
	await_text *kept = await_promise(text);
	await_text *dropped = await_promise(text);
	await_int *lazy = awaitable(answer, 1);
	char *second = strdup("b");

	(void)state;
	assert_int_equal(await_resolve(kept, strdup("a")), 0);
	assert_int_equal(await_resolve(kept, second), -EALREADY);
	free(second); /* the await did not take it */
	assert_int_equal(await_reject(kept, -EIO), -EALREADY);
	assert_int_equal(await_cancel(kept), -EALREADY);
	assert_string_equal(await_get(kept), "a");
	assert_int_equal(await_error(kept), 0);
	assert_int_equal(await_resolve(lazy, 1), -EINVAL); /* no promise */
	assert_int_equal(await_resolve((await_int *)NULL, 1), -EINVAL);
	await_unref(kept);
	assert_int_equal(destroyed, 1);
	await_unref(dropped);
	assert_int_equal(destroyed, 1);
	await_unref(lazy);
}

struct race {
	pthread_t thread;
	await_int *aw;
	int mine, rc;
};

static void *resolve_thread(void *data)
{
	struct race *race = data;

	race->rc = await_resolve(race->aw, race->mine);
	return NULL;
}

static void one_of_many_resolves(void)
{
	struct race races[4];
	await_int *aw = await_promise(int);
	int won = 0, value;

	for (int i = 0; i < 4; i++) {
		races[i] = (struct race){ .aw = aw, .mine = i };
		pthread_create(&races[i].thread, NULL, resolve_thread,
			       &races[i]);
	}
	value = await_get(aw);
	for (int i = 0; i < 4; i++) {
		pthread_join(races[i].thread, NULL);
		won += races[i].rc == 0;
		assert_int_equal(races[i].rc == 0, value == i);
		assert_true(races[i].rc == 0 || races[i].rc == -EALREADY);
	}
	assert_int_equal(won, 1);
	await_unref(aw);
}

static void external_completion_torchrec_awaitable(void **state)
{
	struct timespec past = { 0, 0 };
	struct waiter waiters[4];
	await_int *aw;

	(void)state;
	record();
	aw = await_promise(int);
	waiters_start(waiters, 4, aw);
	wait_for_sleepers(4);
	assert_int_equal(await_wait_until(aw, NULL, &past), -ETIMEDOUT);
	assert_int_equal(await_state(aw), AWAIT_PENDING);
	assert_int_equal(await_resolve(aw, 42), 0);
	waiters_join(waiters, 4, 0, 42);
	assert_int_equal(await_get(aw), 42); /* cached */
	assert_int_equal(seen_count(AWAIT_EVENT_RESOLVE, await_id(aw)), 1);
	assert_int_equal(seen_count(AWAIT_EVENT_HIT, await_id(aw)), 1);
	assert_int_equal(seen_count(AWAIT_EVENT_EXEC_BEGIN, 0), 0);
	await_unref(aw);

	record();
	aw = await_promise(int);
	waiters_start(waiters, 4, aw);
	wait_for_sleepers(4);
	assert_int_equal(await_reject(aw, 0), -EINVAL);
	assert_int_equal(await_reject(aw, 5), -EINVAL);
	assert_int_equal(await_reject(aw, -EPIPE), 0);
	waiters_join(waiters, 4, -EPIPE, 0);
	assert_int_equal(await_reject(aw, -EIO), -EALREADY);
	assert_int_equal(await_resolve(aw, 1), -EALREADY);
	assert_int_equal(await_wait(aw, NULL), -EPIPE);
	assert_int_equal(await_state(aw), AWAIT_FAILED);
	await_unref(aw);
	record_stop();

	for (int round = 0; round < 200; round++)
		one_of_many_resolves();
}

static void *end_with_owner(void *owner)
{
	(void)owner;
	pthread_exit(NULL);
}

static void an_owner_is_no_threads(void)
{
	const struct timespec past = { 0 };
	await_int_owner *owner = await_promise_owner(int);
	await_int *aw = await_promise_of(owner);
	pthread_t thread;

	pthread_create(&thread, NULL, end_with_owner, owner);
	pthread_join(thread, NULL);
	assert_int_equal(await_wait_until(aw, NULL, &past), -ETIMEDOUT);
	assert_non_null(strstr(LINE_OF(aw), "pending promise_owner created "));
	assert_int_equal(await_owner_drop(owner), 0);
	assert_int_equal(await_wait(aw, NULL), -EPIPE);
	await_unref(aw);
}

static void a_forgotten_promise_is_an_error(void **state)
{
	await_int_owner *owner, *settled = await_promise_owner(int);
	await_int *aw, *kept = await_promise_of(settled);
	struct waiter waiters[3];
	const struct seen *rejected;

	(void)state;
	record();
	owner = await_promise_owner(int);
	aw = await_promise_of(owner);
	waiters_start(waiters, 3, aw);
	wait_for_sleepers(3);
	assert_int_equal(await_owner_drop(owner), 0);
	waiters_join(waiters, 3, -EPIPE, 0);
	assert_int_equal(await_state(aw), AWAIT_FAILED);
	assert_int_equal(seen_count(AWAIT_EVENT_RESOLVE, await_id(aw)), 1);
	rejected = seen(AWAIT_EVENT_RESOLVE, await_id(aw), 0);
	assert_int_equal(rejected->event.error, -EPIPE);
	assert_non_null(rejected->event.addr);
	await_unref(aw);
	record_stop();

	assert_int_equal(await_owner_resolve(settled, 7), 0);
	assert_int_equal(await_owner_resolve(settled, 8), -EALREADY);
	assert_int_equal(await_owner_reject(settled, -EIO), -EALREADY);
	assert_int_equal(await_owner_drop(settled), 0);
	assert_int_equal(await_get(kept), 7);
	await_unref(kept);
	an_owner_is_no_threads();
}

static void only_who_waits_holds_it(void **state)
{
	const char *text = "promise, only who waits holds it unless lent (1 re";
	await_int *aw = await_promise(int);
	struct waiter waiter;

	(void)state;
	record();
	waiters_start(&waiter, 1, await_ref(aw));
	wait_for_sleepers(1);
	assert_null(strstr(LINE_OF(aw), "only"));
	await_unref(aw);
	while (!strstr(LINE_OF(aw), text))
		sched_yield();
	await_ref(aw);
	assert_null(strstr(LINE_OF(aw), "only"));
	assert_int_equal(await_resolve(aw, 1), 0);
	waiters_join(&waiter, 1, 0, 1);
	assert_null(strstr(LINE_OF(aw), "only"));
	await_unref(aw);
	await_unref(aw);
}

/* --- cancelling --- */

static void cancel(void **state)
{
	await_text *aw = awaitable(copy, strdup("abc"));
	await_int *running = awaitable(slow, strdup("four")), *promise;
	await_int *failed = awaitable(fails);
	struct waiter waiters[3];

	(void)state;
	assert_int_equal(await_cancel(aw), 0);
	assert_int_equal(released, 1);
	assert_int_equal(await_state(aw), AWAIT_CANCELLED);
	assert_int_equal(await_wait(aw, NULL), -ECANCELED);
	assert_int_equal(await_peek(aw, NULL), -EAGAIN);
	assert_int_equal(await_attempts(aw), 0);
	assert_int_equal(await_cancel(aw), -EALREADY);
	await_unref(aw);
	assert_int_equal(released, 1);
	assert_int_equal(destroyed, 0);
	assert_int_equal(await_cancel((await_text *)NULL), -EINVAL);

	/* Waits that have begun. */
	record();
	promise = await_promise(int);
	waiters_start(waiters, 3, promise);
	wait_for_sleepers(3);
	assert_int_equal(await_cancel(promise), 0);
	waiters_join(waiters, 3, -ECANCELED, 0);
	assert_int_equal(seen_count(AWAIT_EVENT_CANCEL, await_id(promise)), 1);
	await_unref(promise);

	/* Only while it is pending. */
	waiters_start(waiters, 1, running);
	sem_wait(&inside);
	assert_int_equal(await_cancel(running), -EBUSY);
	sem_post(&go_on);
	waiters_join(waiters, 1, 0, 4);
	assert_int_equal(await_cancel(running), -EALREADY);
	await_unref(running);
	assert_int_equal(await_wait(failed, NULL), -EIO);
	assert_int_equal(await_cancel(failed), -EALREADY);
	await_unref(failed);
}

/* --- fork(); a function of that name would hide it --- */

static void child_of_fork(await_int *pending, await_int *done,
			  await_int *running)
{
	struct timespec past = { 0, 0 };

	alarm(20);
	CHECK(await_get(done) == 5);
	CHECK(await_state(pending) == AWAIT_PENDING);
	CHECK(await_get(pending) == 6);
	/* The child does not have the thread that runs it. */
	for (int i = 0; i < 2; i++)
		CHECK(await_wait(running, NULL) == -ECHILD);
	CHECK(await_wait_until(running, NULL, &past) == -ECHILD);
	CHECK(await_cancel(running) == -EALREADY);
	CHECK(await_error(running) == -ECHILD);
	CHECK(strstr(LINE_OF(running), "ECHILD"));
	CHECK(released == 0);
	await_unref(running);
	CHECK(released == 1);
	await_unref(pending);
	await_unref(done);
	_exit(0);
}

static void forked(void **state)
{
	await_int *pending = awaitable(answer, 6), *done = awaitable(answer, 5);
	await_int *running = awaitable(slow, strdup("four"));
	struct waiter waiter;
	pid_t pid;

	(void)state;
	assert_int_equal(await_get(done), 5);
	waiters_start(&waiter, 1, running);
	sem_wait(&inside);
	pid = fork();
	if (pid == 0)
		child_of_fork(pending, done, running);
	assert_int_equal(exit_status_of(pid), 0);
	/* The parent is unaffected. */
	assert_int_equal(await_state(pending), AWAIT_PENDING);
	assert_int_equal(await_state(running), AWAIT_RUNNING);
	sem_post(&go_on);
	waiters_join(&waiter, 1, 0, 4);
	await_unref(running);
	assert_int_equal(released, 1);
	await_unref(pending);
	await_unref(done);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(markcompleted),
		TEST(external_completion_torchrec_awaitable),
		TEST(a_forgotten_promise_is_an_error),
		TEST(only_who_waits_holds_it),
		TEST(cancel),
		TEST_NAMED("fork", forked),
	};

	alarm(120);
	return cmocka_run_group_tests_name("outside", tests, NULL, NULL);
}
