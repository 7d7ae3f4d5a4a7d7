/* SPDX-License-Identifier: MIT */
/*
 * The contract, inspection: what it shows of an await, and that it changes
 * nothing. tests/gdb has what gdb shows.
 */
#define _GNU_SOURCE
#include "contract.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

static int runs, retained, released, destroyed;

static void value_end(int *value)
{
	(void)value;
	destroyed++;
}
AWAIT_TYPE(number, int, value_end);

static void release(const char *text)
{
	(void)text;
	released++;
}

static const char *retain(const char *text)
{
	retained++;
	return text;
}

static int fetch(int *out, const char *path, int rc)
{
	runs++;
	*out = (int)strlen(path);
	return rc;
}
AWAITABLE(number, fetch, (const char *, path, release, retain), (int, rc));

static int setup(void **state)
{
	(void)state;
	runs = retained = released = destroyed = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	record_stop();
	return 0;
}

enum { STATES = 5 };

static void one_of_each(await_number **aw)
{
	aw[0] = awaitable(fetch, "pending", 0);
	aw[1] = awaitable(fetch, "failed", -EIO);
	aw[2] = awaitable(fetch, "resolved", 0);
	aw[3] = awaitable(fetch, "cancelled", 0);
	aw[4] = await_promise(number);
	assert_int_equal(await_wait(aw[1], NULL), -EIO);
	assert_int_equal(await_wait(aw[2], NULL), 0);
	assert_int_equal(await_cancel(aw[3]), 0);
}

static void look_at_all(await_number **aw)
{
	int null = open("/dev/null", O_WRONLY);
	char line[300];

	for (int i = 0; i < STATES; i++) {
		(void)await_state(aw[i]);
		(void)await_id(aw[i]);
		(void)await_error(aw[i]);
		(void)await_attempts(aw[i]);
		(void)await_origin(aw[i]);
		(void)await_peek(aw[i], NULL);
		assert_true(await_is_valid(aw[i]));
		assert_true(await_describe(aw[i], line, sizeof(line)) > 20);
	}
	assert_int_equal(await_dump(null), 0);
	close(null);
}

static void looking_at_it(void **state)
{
	await_number *aw[STATES], before[STATES];

	(void)state;
	one_of_each(aw);
	assert_int_equal(runs, 2);
	assert_int_equal(retained, 4);
	assert_int_equal(released, 2);
	/* The registry is also walked when hits begin or end to be events. */
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < STATES; i++)
			memcpy(&before[i], aw[i], sizeof(before[i]));
		look_at_all(aw);
		for (int i = 0; i < STATES; i++)
			assert_memory_equal(&before[i], aw[i],
					    sizeof(before[i]));
		if (round == 0)
			record();
	}
	record_stop();
	assert_int_equal(seen_all(), 0);
	assert_int_equal(runs, 2);
	assert_int_equal(retained, 4);
	assert_int_equal(released, 2);
	assert_int_equal(destroyed, 0);
	for (int i = 0; i < STATES; i++)
		await_unref(aw[i]);
	assert_int_equal(runs, 2);
	assert_int_equal(released, 4);
	assert_int_equal(destroyed, 1);
}

static void value_before_wait(void **state)
{
	await_number *aw = awaitable(fetch, "abc", 0);
	await_number *failed = awaitable(fetch, "abc", -EIO);
	await_number *promise = await_promise(number);
	int value = -1;

	(void)state;
	assert_int_equal(await_peek(aw, &value), -EAGAIN);
	assert_int_equal(await_peek(promise, &value), -EAGAIN);
	assert_int_equal(runs, 0);
	assert_int_equal(await_state(aw), AWAIT_PENDING);
	assert_int_equal(await_wait(failed, NULL), -EIO);
	assert_int_equal(await_peek(failed, &value), -EAGAIN);
	assert_int_equal(value, -1);
	assert_int_equal(await_get(aw), 3);
	assert_int_equal(await_peek(aw, &value), 0);
	assert_int_equal(value, 3);
	assert_int_equal(await_peek((await_number *)NULL, &value), -EINVAL);
	assert_int_equal(runs, 2);
	await_unref(aw);
	await_unref(failed);
	await_unref(promise);
}

static void printing(void **state)
{
	static const char *const shown[STATES] = {
		" number pending fetch(\"pending\", 0) created looking.c:",
		(" number failed fetch(\"failed\", -5): -EIO "
		 "(Input/output error), 1 attempt created "),
		" number resolved fetch(...) = 8 created looking.c:",
		" number cancelled fetch(...) created looking.c:",
		" number pending promise created looking.c:",
	};
	await_number *aw[STATES], *last;
	int line;

	(void)state;
	one_of_each(aw);
	for (int i = 0; i < STATES; i++) {
		const char *text = LINE_OF(aw[i]);
		char id[40];

		snprintf(id, sizeof(id), "#%u", (unsigned)await_id(aw[i]));
		assert_memory_equal(text, id, strlen(id));
		assert_contains(text, shown[i]);
		assert_null(strchr(text, '\n'));
		await_unref(aw[i]);
	}
	last = awaitable(fetch, "x", 0), line = __LINE__;
	assert_created(last, line);
	await_unref(last);
}

static void is_nowait(void **state)
{
	await_number *lazy = awaitable(fetch, "x", 0);
	await_number *now = await_nowait(number, 1);
	await_number *promise = await_promise(number);

	(void)state;
	/* From its beginning to its end. */
	for (int i = 0; i < 2; i++) {
		assert_int_equal(await_origin(lazy), AWAIT_LAZY);
		assert_int_equal(await_origin(now), AWAIT_NOWAIT);
		assert_int_equal(await_origin(promise), AWAIT_PROMISE);
		assert_int_equal(await_wait(lazy, NULL), 0);
		assert_int_equal(await_wait(now, NULL), 0);
		assert_int_equal(await_resolve(promise, 1), i ? -EALREADY : 0);
	}
	await_unref(lazy);
	await_unref(now);
	await_unref(promise);
}

/* --- await_in_a_signal_handler: the dump, from a crash in a function --- */

static int dump_fd;

static void on_crash(int number)
{
	(void)number;
	_exit(await_dump(dump_fd) == 0 ? 77 : 1);
}

static int crash(int *nowhere)
{
	return *nowhere = 1;
}
AWAITABLE_VALUE(number, crash, (int *, nowhere));

static void crashing_child(void)
{
	int *nowhere =
		mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	alarm(20);
	CHECK(nowhere != MAP_FAILED);
	CHECK(signal(SIGSEGV, on_crash) != SIG_ERR);
	await_wait(awaitable(crash, nowhere), NULL);
	_exit(2);
}

static void await_in_a_signal_handler(void **state)
{
	await_number *aw = awaitable(fetch, "abc", 0);
	char text[2000] = "", on_thread[60];
	pid_t pid;

	(void)state;
	dump_fd = memfd_create("dump", 0);
	pid = fork();
	if (pid == 0)
		crashing_child();
	assert_int_equal(exit_status_of(pid), 77);
	assert_true(pread(dump_fd, text, sizeof(text) - 1, 0) > 0);
	close(dump_fd);
	snprintf(on_thread, sizeof(on_thread), ") on thread %d ", (int)pid);
	assert_contains(text, " number pending fetch(\"abc\", 0) created ");
	assert_contains(text, " number running crash(0x");
	assert_contains(text, on_thread);
	assert_contains(text, "\n2 awaits: 1 pending, 1 running\n");
	assert_int_equal(await_get(aw), 3);
	await_unref(aw);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(looking_at_it),
		TEST(value_before_wait),
		TEST(printing),
		TEST(is_nowait),
		TEST(await_in_a_signal_handler),
	};

	return cmocka_run_group_tests_name("looking", tests, NULL, NULL);
}
