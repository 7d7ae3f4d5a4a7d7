/* SPDX-License-Identifier: MIT */
/*
 * A program with a sink that does nothing wrong, for the thread sanitizer: what
 * comes before await_sink_add() and behind await_sink_remove() is ordered by
 * these alone.
 */
#include <await/await.h>
#include <await/sink.h>

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

static int find(void)
{
	return 3;
}

AWAIT_TYPE(number, int);
AWAITABLE_VALUE(number, find);

static struct {
	int begin;
	int seen;
} data;
static _Atomic(int) step;

static void on_event(struct await_sink *sink, const struct await_event *event)
{
	(void)event;
	(void)sink;
	data.seen = data.begin + 1;
}

static struct await_sink sink;

static void wait_for_step(int number)
{
	while (atomic_load_explicit(&step, memory_order_relaxed) != number)
		sched_yield();
}

/* The first await, with which the library knows this thread, comes before the
 * sink. */
static void *make(void *unused)
{
	await_unref(awaitable(find));
	atomic_store_explicit(&step, 1, memory_order_relaxed);
	wait_for_step(2);
	await_unref(awaitable(find));
	atomic_store_explicit(&step, 3, memory_order_relaxed);
	return unused;
}

int main(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, make, NULL) != 0)
		return 1;
	wait_for_step(1);
	data.begin = 7;
	sink.event = on_event;
	sink.events = AWAIT_EVENT_BIT(AWAIT_EVENT_CREATE);
	if (await_sink_add(&sink) != 0)
		return 1;
	atomic_store_explicit(&step, 2, memory_order_relaxed);
	wait_for_step(3);
	if (await_sink_remove(&sink) != 0 || data.seen != 8)
		return 1;
	data.seen = 0;
	return pthread_join(thread, NULL);
}
