/* SPDX-License-Identifier: MIT */
/*
 * What `await break` and backtraces are tested on. The first argument says
 * what is done:
 *
 *     once            each event, in the order of await_event_type, and more
 *     rounds          round() for good; `idle` as second: beside a thread
 *     threads N       N threads, each 1000 times: make, wait, hit, drop
 *     depth N         an await that waits for one that waits for ..., N deep
 *     attached        a round for each line of stdin, until its end
 *     sinks           for good: a sink listens for a while, then a hit, a run
 *     names           an await of twice(), and one of a function whose name is
 *                     longer than what AWAIT_NAME_LENGTH() tells
 */
#include <await/await.h>
#include <await/sink.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

AWAIT_TYPE(int, int);

#define NOTE(what) __asm__ volatile("" : : "r"(what) : "memory")

static int twice(int *out, int n)
{
	if (n < 0)
		return -ERANGE;
	*out = 2 * n;
	return 0;
}
AWAITABLE(int, twice, (int, n));

static int other(int *out, int n)
{
	*out = n;
	return 0;
}
AWAITABLE(int, other, (int, n));

/* clang-format off */
#define LONG long_name_name_name_name_name_name_name_name_name_name_name_name_name_name_name_name_name_name_name_name
/* clang-format on */
static int LONG(int *out, int n)
{
	return twice(out, n);
}
AWAITABLE(int, LONG, (int, n));

__attribute__((noinline)) static void bottom(void)
{
	NOTE(0);
}

static int deeper(int *out, int depth);
AWAITABLE(int, deeper, (int, depth));

static int deeper(int *out, int depth)
{
	await_int *aw;
	int rc;

	if (depth == 0) {
		bottom();
		*out = 0;
		return 0;
	}
	aw = awaitable(deeper, depth - 1);
	rc = await_wait(aw, out);
	await_unref(aw);
	*out += 1;
	return rc;
}

static int once(void)
{
	await_int *aw = awaitable(other, 1), *bad = awaitable(twice, -1);
	await_int *good = awaitable(twice, 21), *promise = await_promise(int);
	const struct timespec past = { 0, 0 };
	int value, failures = 0;

	failures += await_wait(aw, &value) != 0;
	failures += await_wait(good, &value) != 0 || value != 42;
	failures += await_wait(good, &value) != 0;
	failures += await_wait(bad, &value) != -ERANGE;
	failures += await_wait_until(promise, NULL, &past) != -ETIMEDOUT;
	failures += await_resolve(promise, 7) != 0;
	await_unref(promise);
	promise = await_promise(int);
	failures += await_reject(promise, -EPIPE) != 0;
	failures += await_wait(promise, NULL) != -EPIPE;
	await_unref(promise);
	await_unref(bad);
	bad = awaitable(twice, 5);
	failures += await_cancel(bad) != 0;
	await_unref(bad);
	await_unref(good);
	await_unref(aw);
	return failures;
}

/* How far round() is: 1 before the hit begins, 2 after it. */
static volatile int at;
static volatile int rounds;

__attribute__((noinline)) static void begin(void)
{
	NOTE(0);
}

__attribute__((noinline)) static void ended(void)
{
	NOTE(0);
}

static int round_of_one(void)
{
	await_int *aw;
	int value, rc;

	at = 0;
	begin();
	aw = awaitable(twice, 3);
	rc = await_wait(aw, &value);
	at = 1;
	rc |= await_wait(aw, &value);
	at = 2;
	await_unref(aw);
	rounds++;
	ended();
	return rc;
}

static void *idle(void *arg)
{
	pause();
	return arg;
}

static int keep_on(int argc, char **argv)
{
	pthread_t thread;

	if (argc > 2 && strcmp(argv[2], "idle") == 0 &&
	    pthread_create(&thread, NULL, idle, NULL) != 0)
		return 1;
	while (round_of_one() == 0)
		;
	return 1;
}

/* Of hits of twice(), by all threads. */
static _Atomic(int) begun;

static void *work(void *arg)
{
	int value;

	for (int i = 0; i < 1000; i++) {
		await_int *aw =
			i % 2 ? awaitable(twice, i) : awaitable(other, i);

		if (await_wait(aw, &value) != 0)
			abort();
		/* Relaxed: a count. */
		if (i % 2)
			atomic_fetch_add_explicit(&begun, 1,
						  memory_order_relaxed);
		if (await_wait(aw, &value) != 0)
			abort();
		await_unref(aw);
	}
	return arg;
}

static int work_on(int count)
{
	pthread_t threads[64];

	for (int i = 0; i < count && i < 64; i++)
		if (pthread_create(&threads[i], NULL, work, NULL) != 0)
			return 1;
	for (int i = 0; i < count && i < 64; i++)
		pthread_join(threads[i], NULL);
	return 0;
}

static void on_event(struct await_sink *sink, const struct await_event *event)
{
	(void)sink;
	(void)event;
}

static int listen_on(void)
{
	static struct await_sink sink = {
		.events = AWAIT_EVENT_BIT(AWAIT_EVENT_HIT) |
			  AWAIT_EVENT_BIT(AWAIT_EVENT_EXEC_BEGIN),
		.event = on_event,
	};
	int value, rc = 0;

	while (rc == 0) {
		await_int *good = awaitable(twice, 21);
		await_int *aw = awaitable(other, 1);

		rc = await_wait(good, &value) | await_sink_add(&sink);
		begin();
		rc |= await_sink_remove(&sink);
		ended();
		rc |= await_wait(good, &value) | await_wait(aw, &value);
		await_unref(aw);
		await_unref(good);
		rounds++;
	}
	return rc;
}

static int name_both(void)
{
	await_int *one = awaitable(twice, 1);
	await_int *two = awaitable(LONG, 2);

	await_unref(one);
	await_unref(two);
	return 0;
}

static int serve(void)
{
	char line[100];
	int rc = 0;

	while (rc == 0 && fgets(line, sizeof(line), stdin)) {
		rc = round_of_one();
		puts(rc == 0 ? "done" : "failed");
		fflush(stdout);
	}
	return rc;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	int number = argc > 2 ? atoi(argv[2]) : 0, rc = 2;

	if (strcmp(what, "once") == 0)
		rc = once();
	else if (strcmp(what, "rounds") == 0)
		rc = keep_on(argc, argv);
	else if (strcmp(what, "threads") == 0)
		rc = work_on(number);
	else if (strcmp(what, "sinks") == 0)
		rc = listen_on();
	else if (strcmp(what, "names") == 0)
		rc = name_both();
	else if (strcmp(what, "attached") == 0)
		rc = serve();
	else if (strcmp(what, "depth") == 0)
		rc = await_get(awaitable(deeper, number)) != number;
	printf("end %d\n", rc);
	return rc;
}
