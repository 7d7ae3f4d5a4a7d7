/* SPDX-License-Identifier: MIT */
/*
 * The contract, waiting: which thread runs the function, how often and where,
 * and what the other waits return.
 */
#define _GNU_SOURCE
#include "contract.h"

#include <sched.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#define THREADS 8

struct text {
	char bytes[16];
};

__extension__ struct nothing {
	/* zero bytes in GNU C */
};

AWAIT_TYPE(text, struct text);
AWAIT_TYPE(pointer, void *);
AWAIT_TYPE(nothing, struct nothing);

static atomic_int runs;

static int setup(void **state)
{
	(void)state;
	atomic_store_explicit(&runs, 0, memory_order_relaxed);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	record_stop();
	return 0;
}

/* --- first_wait: the order of its steps, seen from inside --- */

static await_text *first;
static struct {
	pthread_t thread;
	const char *frame;
	int at_end, at_release, releases;
} saw;

static void release(const char *text)
{
	struct text value;

	assert_string_equal(text, "abc");
	saw.releases++;
	saw.at_release = await_state(first) == AWAIT_RESOLVED &&
			 await_peek(first, &value) == 0 &&
			 strcmp(value.bytes, "abc") == 0;
}

static void see_end(struct await_sink *sink, const struct await_event *event)
{
	const struct text *value = &((await_text *)(void *)event->aw)->value;

	(void)sink;
	saw.at_end = await_state(first) == AWAIT_RUNNING &&
		     strcmp(value->bytes, "abc") == 0 && saw.releases == 0;
}

static int copy(struct text *out, const char *text)
{
	runs++;
	saw.thread = pthread_self();
	saw.frame = __builtin_frame_address(0);
	strcpy(out->bytes, text);
	return 0;
}
AWAITABLE(text, copy, (const char *, text, release));

static void first_wait(void **state)
{
	struct await_sink sink = {
		.event = see_end,
		.events = AWAIT_EVENT_BIT(AWAIT_EVENT_EXEC_END),
	};
	const char *frame = __builtin_frame_address(0);
	struct text value = { "" };

	(void)state;
	memset(&saw, 0, sizeof(saw));
	first = awaitable(copy, "abc");
	assert_int_equal(await_sink_add(&sink), 0);
	assert_int_equal(await_wait(first, &value), 0);
	assert_int_equal(await_sink_remove(&sink), 0);
	assert_int_equal(runs, 1); /* by now */
	assert_string_equal(value.bytes, "abc");
	assert_true(pthread_equal(saw.thread, pthread_self()));
	/* A frame below this one, too near to be on another stack. */
	assert_true(saw.frame < frame && frame - saw.frame < 16384);
	assert_true(saw.at_end);     /* value set, not completed */
	assert_true(saw.at_release); /* completed, then arguments cleared */
	assert_int_equal(saw.releases, 1);
	assert_int_equal(await_wait(first, NULL), 0);
	await_unref(first);
	assert_int_equal(saw.releases, 1);
}

/* A locked instruction on the await would be a write. */
static void later_waits(void **state)
{
	await_text *aw = awaitable(copy, "abc");
	const struct text *where = &aw->value;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *start = (char *)((uintptr_t)aw & ~(page - 1));
	struct text value;

	(void)state;
	first = aw;
	assert_int_equal(await_wait(aw, NULL), 0);
	assert_int_equal(mprotect(start, 2 * page, PROT_READ), 0);
	assert_int_equal(await_wait(aw, &value), 0);
	assert_string_equal(value.bytes, "abc");
	assert_int_equal(await_wait(aw, NULL), 0);
	assert_int_equal(AWAIT_FIELD(aw, bytes[2]), 'c');
	assert_int_equal(mprotect(start, 2 * page, PROT_READ | PROT_WRITE), 0);
	assert_ptr_equal(where, &aw->value);
	assert_string_equal(where->bytes, "abc");
	assert_int_equal(runs, 1);
	await_unref(aw);
}

static int zero(void)
{
	runs++;
	return 0;
}
AWAITABLE_VALUE(int, zero);

static void *null(void)
{
	runs++;
	return NULL;
}
AWAITABLE_VALUE(pointer, null);

static int empty(struct nothing *out)
{
	(void)out;
	runs++;
	return 0;
}
AWAITABLE(nothing, empty);

static void null_0_empty_result(void **state)
{
	await_int *of_zero = awaitable(zero);
	await_pointer *of_null = awaitable(null);
	await_nothing *of_nothing = awaitable(empty);

	(void)state;
	for (int i = 0; i < 3; i++) {
		int value = 7;

		assert_int_equal(await_wait(of_zero, &value), 0);
		assert_int_equal(value, 0);
		assert_null(await_get(of_null));
		assert_int_equal(await_wait(of_nothing, NULL), 0);
	}
	assert_int_equal(runs, 3);
	await_unref(of_zero);
	await_unref(of_null);
	await_unref(of_nothing);
}

static int work(int in)
{
	atomic_fetch_add_explicit(&runs, 1, memory_order_relaxed);
	return in;
}
AWAITABLE_VALUE(int, work, (int, in));

/* Two threads reach each of many awaits at nearly the same time. */
enum { RACES = 20000 };
static await_int *raced[RACES];
static atomic_int arrived;

static void *race(void *late)
{
	intptr_t wrong = 0;

	run_on(late != NULL);
	for (int i = 0; i < RACES; i++) {
		atomic_fetch_add_explicit(&arrived, 1, memory_order_relaxed);
		for (int spin = 1;
		     atomic_load_explicit(&arrived, memory_order_relaxed) <
		     2 * (i + 1);
		     spin++)
			if (spin % 1000 == 0)
				sched_yield();
		for (int delay = late ? i % 64 : 20; delay > 0; delay--)
			__asm__ volatile("");
		wrong += await_get(raced[i]) != i;
	}
	return (void *)wrong;
}

/* Runs until all other threads sleep on it. */
static int slow(void)
{
	atomic_fetch_add_explicit(&runs, 1, memory_order_relaxed);
	wait_for_sleepers(THREADS - 1);
	return 5;
}
AWAITABLE_VALUE(int, slow);

static void two_threads_wait_at_once(void **state)
{
	struct waiter waiters[THREADS];
	await_int *aw = awaitable(slow);
	pthread_t racers[2];
	void *wrong;

	(void)state;
	record();
	waiters_start(waiters, THREADS, aw);
	waiters_join(waiters, THREADS, 0, 5);
	assert_int_equal(runs, 1);
	assert_int_equal(seen_count(AWAIT_EVENT_EXEC_BEGIN, 0), 1);
	assert_int_equal(seen_count(AWAIT_EVENT_BLOCK_BEGIN, 0), THREADS - 1);
	assert_int_equal(seen_count(AWAIT_EVENT_BLOCK_END, 0), THREADS - 1);
	record_stop();
	/* No flag is left: hits take the fast path again. */
	assert_int_equal(
		atomic_load_explicit(&aw->head.state, memory_order_relaxed),
		AWAIT_RESOLVED);
	await_unref(aw);

	for (int i = 0; i < RACES; i++)
		raced[i] = awaitable(work, i);
	runs = arrived = 0;
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&racers[i], NULL, race,
						i ? raced : NULL),
				 0);
	for (int i = 0; i < 2; i++) {
		pthread_join(racers[i], &wrong);
		assert_null(wrong);
	}
	assert_int_equal(runs, RACES);
	for (int i = 0; i < RACES; i++) {
		assert_int_equal(await_attempts(raced[i]), 1);
		await_unref(raced[i]);
	}
}

static int hold(void)
{
	wait_for_sleepers(1);
	return 6;
}
AWAITABLE_VALUE(int, hold);

static void which_thread_runs(void **state)
{
	await_int *aw;
	struct waiter runner;
	const struct seen *blocked;
	char shown[60];
	uint64_t id;

	(void)state;
	record();
	aw = awaitable(hold);
	id = await_id(aw);
	waiters_start(&runner, 1, aw);
	while (seen_count(AWAIT_EVENT_EXEC_BEGIN, id) == 0)
		sched_yield();
	snprintf(shown, sizeof(shown), " running hold() on thread %d ",
		 (int)seen(AWAIT_EVENT_EXEC_BEGIN, id, 0)->tid);
	assert_contains(LINE_OF(aw), shown);
	assert_int_equal(await_get(aw), 6); /* lets it end */
	waiters_join(&runner, 1, 0, 6);
	assert_int_equal(seen_count(AWAIT_EVENT_EXEC_BEGIN, id), 1);
	assert_int_equal(seen(AWAIT_EVENT_EXEC_BEGIN, id, 0)->tid, runner.tid);
	assert_int_equal(seen(AWAIT_EVENT_EXEC_END, id, 0)->tid, runner.tid);
	blocked = seen(AWAIT_EVENT_BLOCK_BEGIN, id, 0);
	assert_int_equal(blocked->tid, gettid());
	assert_int_equal(blocked->event.owner, runner.tid);
	await_unref(aw);
}

static void wait_none(void **state)
{
	await_int *aw = NULL;
	struct timespec past = { 0, 0 };
	int value = -1, error = 0;

	(void)state;
	assert_int_equal(await_wait(aw, &value), -EINVAL);
	assert_int_equal(await_wait_until(aw, &value, &past), -EINVAL);
	assert_int_equal(await_wait_all(&aw, 1, &error, NULL), -EINVAL);
	assert_int_equal(error, -EINVAL);
	assert_int_equal(value, -1);
	assert_null(await_ref(aw));
	await_unref(aw);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(first_wait),	   TEST(later_waits),
		TEST(null_0_empty_result), TEST(two_threads_wait_at_once),
		TEST(which_thread_runs),   TEST(wait_none),
	};

	alarm(120);
	return cmocka_run_group_tests_name("waiting", tests, NULL, NULL);
}
