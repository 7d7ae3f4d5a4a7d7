/* SPDX-License-Identifier: MIT */
/*
 * What the gdb tests look at: awaits in every state, of all kinds of values
 * and arguments. The main thread runs outer, which waits for inner, which
 * calls checkpoint(); meanwhile a second thread waits for outer. With
 * arguments: the first is how many more awaits to make; the second is what
 * happens in checkpoint(): "abort", "trap" or "pause".
 */
#include "app.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum color { RED, GREEN };

struct page {
	int lines;
	const char *title;
};

struct big {
	char text[200];
	int last;
};

AWAIT_TYPE(page, struct page);
AWAIT_TYPE(node, struct page *);
AWAIT_TYPE(int, int);
AWAIT_TYPE(double, double);
AWAIT_TYPE(name, const char *);
AWAIT_TYPE(big, struct big);
AWAIT_TYPE(later, await_int *);

static int fetch(struct page *out, const char *path, int depth)
{
	if (depth < 0)
		return -ENOENT;
	*out = (struct page){ .lines = depth + 7, .title = path };
	return 0;
}
AWAITABLE(page, fetch, (const char *, path), (int, depth));

static struct page first_page = { .lines = 1, .title = "first" };

static int node(struct page **out)
{
	*out = &first_page;
	return 0;
}
AWAITABLE(node, node);

static double half(double x)
{
	return x / 2;
}
AWAITABLE_VALUE(double, half, (double, x));

static int greet(const char **out, const char *who)
{
	*out = who;
	return 0;
}
AWAITABLE(name, greet, (const char *, who));

static int fill(struct big *out, int last)
{
	memset(out, 0, sizeof(*out));
	out->last = last;
	return 0;
}
AWAITABLE(big, fill, (int, last));

static int mix(int *out, bool yes, char letter, unsigned long count,
	       float ratio, struct page page, struct page *where,
	       enum color color, const char *none)
{
	*out = yes + letter + (int)count + (int)ratio + page.lines +
	       where->lines + (int)color + !none;
	return 0;
}
AWAITABLE(int, mix, (bool, yes), (char, letter), (unsigned long, count),
	  (float, ratio), (struct page, page), (struct page *, where),
	  (enum color, color), (const char *, none));

static int number(int *out, int n)
{
	*out = n;
	return 0;
}
AWAITABLE(int, number, (int, n));

static int later(await_int **out, await_int *in)
{
	*out = in;
	return 0;
}
AWAITABLE(later, later, (await_int *, in));

/* In the order in which they are made. */
struct handles {
	await_page *pending;
	await_page *resolved;
	await_page *failed;
	await_node *pointer;
	await_double *real;
	await_name *string;
	await_big *big;
	await_int *mixed;
	await_int *nowait;
	await_page *nowait_page;
	await_int *rejected;
	await_int *cancelled;
	await_later *nested;
	await_int *outer;
	await_int *inner;
	await_int *reused;
	void *other;
	await_int *null;
	await_int *foreign;
	await_int *dangling;
	await_int *wild;
	await_int *inside;
	await_page *wrong;
};
struct handles handles;
await_int not_an_await;

static sem_t blocked;

static void on_event(struct await_sink *sink, const struct await_event *event)
{
	(void)sink;
	(void)event;
	sem_post(&blocked);
}

static void *wait_for_outer(void *arg)
{
	int value;

	(void)arg;
	if (await_wait(handles.outer, &value) != 0)
		abort();
	return NULL;
}

static char here;

__attribute__((noinline)) void checkpoint(void)
{
	STOP_HERE(here);
}

/* inner() starts it, and goes on when it sleeps: so outer runs, and is waited
 * for, in checkpoint(). */
static pthread_t waiter;

static int inner(int *out, int depth)
{
	if (pthread_create(&waiter, NULL, wait_for_outer, NULL) != 0)
		return -ENOMEM;
	sem_wait(&blocked);
	checkpoint();
	*out = depth;
	return 0;
}
AWAITABLE(int, inner, (int, depth));

static int outer(int *out, await_int *in)
{
	return await_wait(in, out);
}
AWAITABLE(int, outer, (await_int *, in));

static void make(struct handles *h)
{
	h->pending = awaitable(fetch, "/etc/hosts", 0);
	h->resolved = awaitable(fetch, "/etc/motd", 0);
	h->failed = awaitable(fetch, "/no\"pe\n", -1);
	h->pointer = awaitable(node);
	h->real = awaitable(half, 3.0);
	h->string = awaitable(greet, "hello");
	h->big = awaitable(fill, 99);
	h->mixed = awaitable(mix, true, 'c', 5UL, 0.5f, first_page, &first_page,
			     GREEN, NULL);
	h->nowait = await_nowait(int, 33);
	h->nowait_page = await_nowait(page, ((struct page){ 3, "now" }));
	h->rejected = await_promise(int);
	await_reject(h->rejected, -EPIPE);
	h->cancelled = awaitable(number, 9);
	await_cancel(h->cancelled);
	h->nested = awaitable(later, h->nowait);
	h->inner = awaitable(inner, 2);
	h->outer = awaitable(outer, h->inner);
	h->reused = awaitable(number, 1);
	await_unref(h->reused);
	h->reused = awaitable(number, 2);
	h->other = make_other();
}

static void make_bad(struct handles *h)
{
	h->foreign = &not_an_await;
	h->dangling = awaitable(number, 3);
	await_unref(h->dangling);
	h->wild = (await_int *)8;
	h->inside = (await_int *)((char *)h->nowait + 4);
	h->wrong = (await_page *)(void *)h->nowait;
}

static int settle(struct handles *h)
{
	int failures = 0;

	failures += await_wait(h->resolved, NULL) != 0;
	failures += await_wait(h->failed, NULL) != -ENOENT;
	failures += await_wait(h->failed, NULL) != -ENOENT;
	failures += await_wait(h->pointer, NULL) != 0;
	failures += await_wait(h->real, NULL) != 0;
	failures += await_wait(h->string, NULL) != 0;
	failures += await_wait(h->big, NULL) != 0;
	failures += await_wait(h->nested, NULL) != 0;
	return failures;
}

int main(int argc, char **argv)
{
	static struct await_sink sink = {
		.event = on_event,
		.events = AWAIT_EVENT_BIT(AWAIT_EVENT_BLOCK_BEGIN),
	};
	int more = argc > 1 ? atoi(argv[1]) : 0;
	int failures, value;

	here = argc > 2 ? argv[2][0] : 0;
	sem_init(&blocked, 0, 0);
	failures = await_sink_add(&sink) != 0;
	make(&handles);
	failures += settle(&handles);
	make_bad(&handles);
	for (int i = 0; i < more; i++)
		(void)awaitable(number, i);
	failures += await_wait(handles.outer, &value) != 0;
	pthread_join(waiter, NULL);
	puts("end");
	return failures;
}
