/* SPDX-License-Identifier: MIT */
/* One thread sleeps for any of three awaits, of which one has a name, a run was
 * asked to stop, and there is a lazy global: for the scripts and awaitctl ps.
 * Says "ready", and ends with its stdin. */
#define _GNU_SOURCE
#include <await/await.h>
#include <await/inspect.h>
#include <await/sink.h>

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

AWAIT_TYPE(int, int);

static int busy(int *out)
{
	for (;;)
		pause();
	return *out;
}
AWAITABLE(int, busy);

static int number(int n)
{
	return n;
}
AWAITABLE_VALUE(int, number, (int, n));
AWAIT_STATIC(seven, number, 7);

static await_int *ours[3];

static void *wait_for_any(void *unused)
{
	(void)unused;
	await_wait_any(ours, 3, NULL, NULL);
	return NULL;
}

static int sleeping;

static void on_event(struct await_sink *sink, const struct await_event *event)
{
	(void)sink, (void)event;
	__atomic_add_fetch(&sleeping, 1, __ATOMIC_SEQ_CST);
}

void checkpoint(void);
__attribute__((noinline)) void checkpoint(void)
{
	__asm__ volatile("");
}

int main(void)
{
	static struct await_sink sink = {
		.event = on_event,
		.events = AWAIT_EVENT_BIT(AWAIT_EVENT_BLOCK_BEGIN),
	};
	pthread_t thread;
	char byte;

	ours[0] = awaitable(busy);
	ours[1] = await_promise(int);
	ours[2] = await_promise(int);
	await_name(ours[2], "the \"third\"");
	await_get(seven());
	await_sink_add(&sink);
	await_start(ours[0], NULL, NULL);
	while (await_state(ours[0]) != AWAIT_RUNNING)
		sched_yield();
	if (await_cancel(ours[0]) != -EBUSY)
		return 1;
	pthread_create(&thread, NULL, wait_for_any, NULL);
	while (__atomic_load_n(&sleeping, __ATOMIC_SEQ_CST) < 3)
		sched_yield();
	checkpoint();
	puts("ready");
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	return 0;
}
