/* SPDX-License-Identifier: MIT */
/* What may be called in a signal handler: of the await whose function the
 * signal has interrupted, of others, and of awaits that the interrupted code
 * and other threads are just changing. */
#define _GNU_SOURCE
#include "unit.h"

#include "child.h"

#include <await/inspect.h>

#include <pthread.h>
#include <sys/mman.h>

struct pair {
	int first, second;
};
AWAIT_TYPE(pair, struct pair);
AWAIT_TYPE(int, int);

static await_int *computed, *resolved, *pending, *failed, *promise;
static int *volatile nowhere;

static int crash(int x)
{
	*nowhere = x;
	return x;
}
AWAITABLE_VALUE(int, crash, (int, x));

static int fails(int *out)
{
	*out = 0;
	return -EIO;
}
AWAITABLE(int, fails);

static int number(int x)
{
	return x;
}
AWAITABLE_VALUE(int, number, (int, x));

/* --- a crash in a function --- */

static int discard(const struct await_info *info, void *count)
{
	(void)info;
	++*(int *)count;
	return 0;
}

static void on_crash(int signal)
{
	char line[200];
	int value = 7, each = 0;

	(void)signal;
	errno = ENOTTY;
	CHECK(await_peek(computed, &value) == -EAGAIN && value == 7);
	CHECK(await_peek(pending, &value) == -EAGAIN && value == 7);
	CHECK(await_peek(failed, &value) == -EAGAIN && value == 7);
	CHECK(await_peek(promise, NULL) == -EAGAIN);
	CHECK(await_peek((await_int *)NULL, &value) == -EINVAL && value == 7);
	CHECK(await_peek(resolved, &value) == 0 && value == 3);
	CHECK(await_state(computed) == AWAIT_RUNNING);
	CHECK(await_state(pending) == AWAIT_PENDING);
	CHECK(await_id(computed) != 0 && await_attempts(computed) == 1);
	CHECK(await_error(failed) == -EIO);
	CHECK(await_origin(promise) == AWAIT_PROMISE);
	CHECK(await_is_valid(computed) && !await_is_valid(line));
	CHECK(await_describe(computed, line, sizeof(line)) > 0);
	CHECK(strstr(line, " int running crash("));
	CHECK(await_each(discard, &each) == 5 && each == 5);
	CHECK(await_dump(STDERR_FILENO) == 0);
	CHECK(errno == ENOTTY);
	_exit(0);
}

static void crash_in_a_function(void)
{
	struct sigaction action = { .sa_handler = on_crash,
				    .sa_flags = SA_ONSTACK };
	stack_t stack = { .ss_size = 64 << 10 };

	stack.ss_sp = mmap(NULL, stack.ss_size, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(stack.ss_sp != MAP_FAILED && sigaltstack(&stack, NULL) == 0);
	CHECK(sigaction(SIGSEGV, &action, NULL) == 0);
	nowhere =
		mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(nowhere != MAP_FAILED);
	computed = awaitable(crash, 1);
	pending = awaitable(crash, 2);
	resolved = awaitable(number, 3);
	failed = awaitable(fails);
	promise = await_promise(int);
	CHECK(await_get(resolved) == 3 && await_wait(failed, NULL) == -EIO);
	await_get(computed);
	CHECK(0);
}

/* --- signals at any time --- */

enum { SIGNALS = 500 };

static await_pair *shared;
static AWAIT_ATOMIC(int) handled;

static int make_pair(struct pair *out, int x)
{
	*out = (struct pair){ x, -x };
	return x % 5 == 0 ? -EIO : 0;
}
AWAITABLE(pair, make_pair, (int, x));

/* Relaxed, all: the handler runs on the thread that stores it. */
static AWAIT_ATOMIC(await_pair *) at_work;

static void on_signal(int signal)
{
	await_pair *aw = atomic_load_explicit(&at_work, memory_order_relaxed);
	struct pair pair = { 1, 1 };
	char line[200];
	int rc;

	(void)signal;
	CHECK(await_peek(shared, &pair) == 0 && pair.first == -pair.second);
	if (aw) {
		rc = await_peek(aw, &pair);
		CHECK(rc == -EAGAIN || (rc == 0 && pair.first == -pair.second));
		CHECK(await_describe(aw, line, sizeof(line)) > 0);
		CHECK(await_state(aw) != AWAIT_FREE && await_id(aw) != 0);
	}
	atomic_fetch_add_explicit(&handled, 1, memory_order_relaxed);
}

static void *send(void *to)
{
	/* One at a time: each is handled. */
	for (int i = 0; i < SIGNALS; i++) {
		if (pthread_kill(*(pthread_t *)to, SIGUSR1) != 0)
			break;
		while (atomic_load_explicit(&handled, memory_order_relaxed) <=
		       i)
			sched_yield();
	}
	return NULL;
}

static void signals_at_any_time(void)
{
	const struct sigaction action = { .sa_handler = on_signal,
					  .sa_flags = SA_RESTART };
	pthread_t self = pthread_self(), sender;

	shared = awaitable(make_pair, 1);
	CHECK(await_wait(shared, NULL) == 0);
	CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
	CHECK(pthread_create(&sender, NULL, send, &self) == 0);
	for (int i = 0;
	     atomic_load_explicit(&handled, memory_order_relaxed) < SIGNALS;
	     i++) {
		await_pair *aw = awaitable(make_pair, i % 1000);

		atomic_store_explicit(&at_work, aw, memory_order_relaxed);
		if (i % 7 == 0)
			CHECK(await_cancel(aw) == 0);
		else
			await_wait(aw, NULL);
		await_ref(aw);
		await_unref(aw);
		atomic_store_explicit(&at_work, NULL, memory_order_relaxed);
		await_unref(aw);
	}
	CHECK(pthread_join(sender, NULL) == 0);
	await_unref(shared);
}

static const struct mode modes[] = {
	MODE(crash_in_a_function),
	MODE(signals_at_any_time),
};

static const char *const options[] = { "", "check", "args,cycles" };

static void a_handler_reads_what_is_there(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(run_again(options[i], "crash_in_a_function"),
				 0);
		assert_non_null(strstr(text, "#1 int running crash(1)"));
		assert_non_null(strstr(text, "5 awaits: 2 pending, 1 running, "
					     "1 resolved, 1 failed\n"));
	}
}

static void it_may_interrupt_anything(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(run_again(options[i], "signals_at_any_time"),
				 0);
		assert_string_equal(text, "");
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_handler_reads_what_is_there),
		cmocka_unit_test(it_may_interrupt_anything),
	};

	if (argc > 1)
		return run_named(modes, sizeof(modes) / sizeof(modes[0]),
				 argv[1]);
	alarm(150);
	return cmocka_run_group_tests_name("handler", tests, NULL, NULL);
}
