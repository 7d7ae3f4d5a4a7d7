/* SPDX-License-Identifier: MIT */
/*
 * What `await log` has to show, recorded by libawait-test; an argument for
 * each:
 *
 *   all      every event there is, on two threads, in a fixed order
 *   few      more than there is room for
 *   ring     the same, and the newest stay
 *   ended    a recording that ended
 *   twice    one that follows a longer one, which left records behind
 *   nothing  no recording
 *   busy     four threads that make events without end, in a small ring
 *   one      one event, to step through
 *   late     a thread that is a round behind
 *
 * A second argument lets the program abort where the first has led.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <await/await.h>
#include <await/test.h>

#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>

AWAIT_TYPE(int, int);

static int tries;

__attribute__((noinline)) static void checkpoint(void)
{
	__asm__ volatile("" ::: "memory");
}

static int half(int *out, int x)
{
	*out = x / 2;
	return x % 2 == 0 || ++tries > 1 ? 0 : -ERANGE;
}
AWAITABLE(int, half, (int, x));

static int quarter(int *out, int x)
{
	await_int *inner = awaitable(half, x);
	int rc = await_wait(inner, out);

	*out /= 2;
	await_unref(inner);
	return rc;
}
AWAITABLE(int, quarter, (int, x));

static await_int *own;

static int narcissus(int *out)
{
	return await_wait(own, out);
}
AWAITABLE(int, narcissus);

static sem_t in_hit;

static void *hit(void *aw)
{
	sem_post(&in_hit);
	await_wait((await_int *)aw, NULL);
	return NULL;
}

static void on_thread(void *(*function)(void *), void *argument)
{
	pthread_t thread;

	pthread_create(&thread, NULL, function, argument);
	pthread_join(thread, NULL);
}

static void begin(size_t events, bool overwrite)
{
	const struct await_trace_options options = {
		.events = events,
		.overwrite = overwrite,
	};

	if (await_trace_begin(&options) != 0)
		abort();
}

static void make(int count)
{
	for (int i = 0; i < count; i++)
		await_unref(await_nowait(int, i));
}

static void all(void)
{
	await_int *odd = awaitable(half, 7);
	await_int *eight = awaitable(quarter, 8);
	await_int *promise = await_promise(int), *refused = await_promise(int);

	await_wait(odd, NULL);
	await_wait(odd, NULL);
	await_wait(eight, NULL);
	on_thread(hit, eight);
	await_resolve(promise, 1);
	await_reject(refused, -EPIPE);
	own = awaitable(narcissus);
	await_wait(own, NULL);
	await_unref(odd);
	odd = awaitable(half, 3);
	await_cancel(odd);
}

static void *work(void *unused)
{
	for (;;)
		make(1);
	return unused;
}

static void busy(void)
{
	pthread_t thread;

	for (int i = 0; i < 4; i++)
		pthread_create(&thread, NULL, work, NULL);
	for (;;)
		checkpoint();
}

/* Two threads, and one place for all events. */
static void late(await_int *aw)
{
	pthread_t thread;

	begin(1, true);
	pthread_create(&thread, NULL, hit, aw);
	sem_wait(&in_hit);
	make(1);
	checkpoint();
	pthread_join(thread, NULL);
}

int main(int argc, char **argv)
{
	const char *asked = argc > 1 ? argv[1] : "";
	await_int *aw = await_nowait(int, 1);

	sem_init(&in_hit, 0, 0);
	if (strcmp(asked, "all") == 0) {
		begin(0, false);
		all();
	} else if (strcmp(asked, "few") == 0) {
		begin(5, false);
		make(4);
	} else if (strcmp(asked, "ring") == 0) {
		begin(5, true);
		make(10);
	} else if (strcmp(asked, "ended") == 0) {
		begin(0, false);
		make(2);
		await_trace_end();
	} else if (strcmp(asked, "twice") == 0) {
		begin(4, true);
		make(50);
		await_trace_end();
		begin(0, false);
		make(2);
	} else if (strcmp(asked, "busy") == 0) {
		begin(64, true);
		busy();
	} else if (strcmp(asked, "one") == 0) {
		begin(2, true);
		make(1);
		await_wait(aw, NULL);
		checkpoint();
		await_wait(aw, NULL);
	} else if (strcmp(asked, "late") == 0) {
		late(aw);
	}
	checkpoint();
	if (argc > 2)
		abort();
	await_unref(aw);
	return 0;
}
