/* SPDX-License-Identifier: MIT */
/* The contract, being told of an outcome by an eventfd or a callback. */
#define _GNU_SOURCE
#include "contract.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

static int fd;
static atomic_int go;

static int setup(void **state)
{
	(void)state;
	atomic_store_explicit(&go, 0, memory_order_relaxed);
	fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	return fd < 0;
}

static int teardown(void **state)
{
	(void)state;
	record_stop();
	close(fd);
	return 0;
}

/* How often the eventfd was written to since the last look. */
static uint64_t told(void)
{
	uint64_t count = 0;

	return read(fd, &count, sizeof(count)) == sizeof(count) ? count : 0;
}

static int answer(int *out, int value)
{
	if (value < 0)
		return value;
	*out = value;
	return 0;
}
AWAITABLE(int, answer, (int, value));

static int slow(int *out)
{
	/* Acquire: partner of the stores with release below. */
	while (!atomic_load_explicit(&go, memory_order_acquire))
		sched_yield();
	*out = 7;
	return 0;
}
AWAITABLE(int, slow);

static void let_go(void)
{
	atomic_store_explicit(&go, 1, memory_order_release);
}

/* --- callbacks --- */

struct call {
	pthread_t thread;
	int outcome, count, value;
	await_int *aw; /* peeked at, if it is there */
};

static void note(void *data, int outcome)
{
	struct call *call = data;

	call->thread = pthread_self();
	call->outcome = outcome;
	call->count++;
	if (call->aw)
		await_peek(call->aw, &call->value);
}

static void told_by_an_eventfd(void **state)
{
	await_int *aw = awaitable(answer, 3), *promise = await_promise(int);
	struct pollfd poller = { .fd = fd, .events = POLLIN };

	(void)state;
	assert_int_equal(await_notify(aw, fd), 0);
	assert_int_equal(await_notify(promise, fd), 0);
	assert_int_equal(await_state(aw), AWAIT_PENDING); /* nobody runs it */
	assert_int_equal(poll(&poller, 1, 0), 0);
	assert_int_equal(await_wait(aw, NULL), 0);
	assert_int_equal(poll(&poller, 1, -1), 1);
	assert_int_equal(told(), 1);
	assert_int_equal(await_resolve(promise, 4), 0);
	assert_int_equal(told(), 1);
	assert_int_equal(await_get(promise), 4);
	assert_int_equal(await_get(aw), 3);
	assert_int_equal(told(), 0); /* once */
	await_unref(aw);
	await_unref(promise);
	assert_int_equal(told(), 0);
}

static void *get(void *aw)
{
	return (void *)(intptr_t)await_get((await_int *)aw);
}

/* It runs on another thread, which tells. */
static void told_by_a_callback(void **state)
{
	await_int *aw = awaitable(slow);
	struct call calls[3] = { { .aw = aw }, { .aw = aw }, { .aw = aw } };
	pthread_t thread;
	void *value;

	(void)state;
	assert_int_equal(await_notify_call(aw, note, &calls[0]), 0);
	pthread_create(&thread, NULL, get, aw);
	while (await_state(aw) != AWAIT_RUNNING)
		sched_yield();
	assert_int_equal(await_notify_call(aw, note, &calls[1]), 0);
	assert_int_equal(await_notify_call(aw, note, &calls[2]), 0);
	assert_int_equal(await_unnotify_call(aw, note, &calls[2]), 0);
	let_go();
	pthread_join(thread, &value);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(calls[i].count, 1);
		assert_int_equal(calls[i].outcome, 0);
		assert_int_equal(calls[i].value, 7); /* visible by then */
		assert_true(pthread_equal(calls[i].thread, thread));
	}
	assert_int_equal(calls[2].count, 0);
	await_unref(aw);
}

static void told_at_once(void **state)
{
	await_int *aws[3] = { await_nowait(int, 1), awaitable(answer, -EIO),
			      awaitable(answer, 2) };
	const int outcomes[3] = { 0, -EIO, -ECANCELED };

	(void)state;
	await_wait(aws[1], NULL);
	assert_int_equal(await_cancel(aws[2]), 0);
	for (int i = 0; i < 3; i++) {
		struct call call = { 0 };

		assert_int_equal(await_notify(aws[i], fd), 0);
		assert_int_equal(told(), 1);
		assert_int_equal(await_notify_call(aws[i], note, &call), 0);
		assert_int_equal(call.count, 1);
		assert_int_equal(call.outcome, outcomes[i]);
		assert_int_equal(await_unnotify(aws[i], fd), -ENOENT);
		await_unref(aws[i]);
	}
}

/* The last reference goes: of one that is pending, and of one that runs. */
static void told_when_it_ends(void **state)
{
	await_int *pending = awaitable(answer, 1), *running = awaitable(slow);
	struct call calls[2] = { 0 };

	(void)state;
	assert_int_equal(await_notify_call(pending, note, &calls[0]), 0);
	await_unref(pending);
	assert_int_equal(calls[0].count, 1);
	assert_int_equal(calls[0].outcome, -ECANCELED);

	assert_int_equal(await_notify_call(running, note, &calls[1]), 0);
	assert_int_equal(await_start(running, NULL, NULL), 0);
	assert_int_equal(await_notify(running, fd), 0);
	await_unref(running);
	let_go();
	while (told() == 0)
		sched_yield();
	assert_int_equal(calls[1].count, 1);
	assert_int_equal(calls[1].outcome, 0);
}

/* Who asks after a failure is told of it; who asked before the next run, of
 * that. */
static void told_of_each_failure(void **state)
{
	await_int *aw = awaitable(answer, -ENOENT);
	struct call calls[2] = { 0 };

	(void)state;
	assert_int_equal(await_notify_call(aw, note, &calls[0]), 0);
	for (int i = 1; i <= 3; i++) {
		assert_int_equal(await_wait(aw, NULL), -ENOENT);
		assert_int_equal(calls[0].count, 1);
		assert_int_equal(await_notify_call(aw, note, &calls[1]), 0);
		assert_int_equal(calls[1].count, i);
	}
	assert_int_equal(await_attempts(aw), 3);
	await_unref(aw);
}

static void told_nothing_wrong(void **state)
{
	await_int *aw = awaitable(answer, 1), *none = NULL;
	struct call call = { 0 }, other = { 0 };
	int fds[2], epoll = epoll_create1(0), file = open("/dev/null", O_RDWR);
	int timer = timerfd_create(CLOCK_MONOTONIC, 0), closed = dup(fd);

	(void)state;
	assert_int_equal(pipe(fds), 0);
	close(closed);
	assert_int_equal(await_notify(none, fd), -EINVAL);
	assert_int_equal(await_unnotify(none, fd), -EINVAL);
	assert_int_equal(await_notify(aw, closed), -EBADF);
	assert_int_equal(await_notify(aw, -1), -EBADF);
	assert_int_equal(await_notify(aw, fds[1]), -EINVAL);
	assert_int_equal(await_notify(aw, epoll), -EINVAL);
	assert_int_equal(await_notify(aw, timer), -EINVAL);
	assert_int_equal(await_notify(aw, file), -EINVAL);
	assert_int_equal(await_notify_call(aw, NULL, &call), -EINVAL);
	assert_int_equal(await_unnotify(aw, fd), -ENOENT);
	/* Twice. */
	assert_int_equal(await_notify(aw, fd), 0);
	assert_int_equal(await_notify(aw, fd), -EALREADY);
	assert_int_equal(await_notify_call(aw, note, &call), 0);
	assert_int_equal(await_notify_call(aw, note, &call), -EALREADY);
	assert_int_equal(await_notify_call(aw, note, &other), 0);
	assert_int_equal(await_unnotify_call(aw, note, &call), 0);
	assert_int_equal(await_unnotify_call(aw, note, &call), -ENOENT);
	assert_int_equal(await_notify_call(aw, note, &call), 0);
	assert_int_equal(told(), 0);
	await_get(aw);
	assert_int_equal(told(), 1);
	assert_int_equal(call.count + other.count, 2);
	/* It was closed meanwhile. */
	closed = dup(fd);
	await_unref(aw);
	aw = awaitable(answer, 1);
	assert_int_equal(await_notify(aw, closed), 0);
	close(closed);
	assert_int_equal(await_get(aw), 1);
	await_unref(aw);
	close(fds[0]), close(fds[1]), close(epoll), close(timer), close(file);
}

/* The parent's eventfd is the child's, too. */
static void a_child_tells_nobody_of_the_parent(void **state)
{
	await_int *aw = awaitable(answer, 1);
	struct call call = { 0 };
	pid_t pid;

	(void)state;
	assert_int_equal(await_notify(aw, fd), 0);
	assert_int_equal(await_notify_call(aw, note, &call), 0);
	pid = fork();
	if (pid == 0) {
		alarm(60);
		CHECK(await_get(aw) == 1);
		CHECK(told() == 0 && call.count == 0);
		await_unref(aw);
		aw = awaitable(answer, 1);
		CHECK(await_notify_call(aw, note, &call) == 0);
		CHECK(await_get(aw) == 1 && call.count == 1);
		_exit(0);
	}
	assert_int_equal(exit_status_of(pid), 0);
	assert_int_equal(told(), 0);
	assert_int_equal(await_get(aw), 1);
	assert_int_equal(told(), 1);
	assert_int_equal(call.count, 1);
	await_unref(aw);
}

/* A callback may use awaits, also the one that it is told of. */
struct next {
	await_int *drop, *resolve;
};

static void go_on(void *data, int outcome)
{
	struct next *next = data;

	await_unref(next->drop);
	if (next->resolve)
		await_resolve(next->resolve, outcome + 1);
}

static void callbacks_use_awaits(void **state)
{
	enum { MANY = 100 };
	struct next nexts[MANY];
	await_int *promises[MANY];

	(void)state;
	for (int i = 0; i < MANY; i++)
		promises[i] = await_promise(int);
	for (int i = 0; i < MANY; i++) {
		nexts[i] = (struct next){
			promises[i],
			i + 1 < MANY ? promises[i + 1] : NULL,
		};
		assert_int_equal(
			await_notify_call(promises[i], go_on, &nexts[i]), 0);
	}
	await_ref(promises[MANY - 1]);
	assert_int_equal(await_resolve(promises[0], 0), 0);
	assert_int_equal(await_get(promises[MANY - 1]), 1);
	await_unref(promises[MANY - 1]);
}

/* Where threads sleep on it, too, and ask while others settle: each is told
 * once, and all wake. */
static void told_beside_sleepers(void **state)
{
	enum { ROUNDS = 200, THREADS = 3 };

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		await_int *aw = await_promise(int);
		struct waiter waiters[THREADS];
		struct call call = { 0 };

		record();
		if (i % 2)
			assert_int_equal(await_notify(aw, fd), 0);
		waiters_start(waiters, THREADS, aw);
		wait_for_sleepers(THREADS);
		assert_int_equal(await_notify_call(aw, note, &call), 0);
		assert_int_equal(await_resolve(aw, i), 0);
		waiters_join(waiters, THREADS, 0, i);
		assert_int_equal(call.count, 1);
		assert_int_equal(told(), i % 2);
		await_unref(aw);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(told_by_an_eventfd),
		TEST(told_by_a_callback),
		TEST(told_at_once),
		TEST(told_when_it_ends),
		TEST(told_of_each_failure),
		TEST(told_nothing_wrong),
		TEST(a_child_tells_nobody_of_the_parent),
		TEST(callbacks_use_awaits),
		TEST(told_beside_sleepers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
