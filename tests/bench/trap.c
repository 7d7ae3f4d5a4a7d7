/* SPDX-License-Identifier: MIT */
/*
 * What `await break` costs a process when its filter never matches: each
 * operation with it and without, in turn, medians of 31 rounds. This process
 * arms itself, by the stores that a debugger makes.
 */
#include "../../src/debug.h"

#include <await/await.h>
#include <await/sink.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROUNDS 31
#define COUNT 100000

AWAIT_TYPE(int, int);

static int work(int x)
{
	return x + 1;
}
AWAITABLE_VALUE(int, work, (int, x));

static await_int *awaits[COUNT];

static void create(void)
{
	for (int i = 0; i < COUNT; i++)
		awaits[i] = awaitable(work, i);
}

static void run(void)
{
	for (int i = 0; i < COUNT; i++)
		await_wait(awaits[i], NULL);
}

static void hit(void)
{
	for (int i = 0; i < COUNT; i++)
		await_wait(awaits[i], NULL);
}

static void destroy(void)
{
	for (int i = 0; i < COUNT; i++)
		await_unref(awaits[i]);
}

static void store(uint64_t at, uint32_t offset, uint32_t value)
{
	*(volatile uint32_t *)(uintptr_t)(at + offset) = value;
}

/* events: of a filter that nothing matches; 0: none. */
static void arm(uint32_t events, const char *name, uint64_t id)
{
	const struct await_debug_block *d = &await_debug;
	char *filter = (char *)(uintptr_t)(d->trap + d->trap_filters);

	store(d->trap + d->trap_filters, d->filter_events, events);
	store(d->trap + d->trap_filters, d->filter_states, 0xff);
	memcpy(filter + d->filter_id, &id, sizeof(id));
	memcpy(filter + d->filter_name, name, strlen(name) + 1);
	store(d->trap, d->trap_count, events != 0);
	store(d->trap, d->trap_events, events);
	store(d->armed, 0, events);
	store(d->trap_armed, 0, events);
}

static double now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

static const struct operation {
	const char *name;
	void (*call)(void);
	uint32_t events; /* `await break`'s */
} operations[] = {
	{ "create", create, AWAIT_EVENT_BIT(AWAIT_EVENT_CREATE) },
	{ "run", run, AWAIT_EVENT_BIT(AWAIT_EVENT_EXEC_BEGIN) },
	{ "resolve", run,
	  AWAIT_EVENT_BIT(AWAIT_EVENT_EXEC_END) |
		  AWAIT_EVENT_BIT(AWAIT_EVENT_RESOLVE) },
	{ "hit", hit, AWAIT_EVENT_BIT(AWAIT_EVENT_HIT) },
	{ "destroy", destroy, AWAIT_EVENT_BIT(AWAIT_EVENT_DESTROY) },
};
#define OPERATIONS (sizeof(operations) / sizeof(*operations))

/* Nanoseconds of one operation, the filter armed for that part of a life. */
static double measure(const struct operation *op, uint32_t events,
		      const char *name, uint64_t id)
{
	void (*const life[])(void) = { create, run, hit, destroy };
	double took = 0;

	for (int i = 0; i < 4; i++) {
		double begin;
		bool here = life[i] == op->call;

		if (here)
			arm(events, name, id);
		begin = now_ns();
		life[i]();
		if (here) {
			took = now_ns() - begin;
			arm(0, "", 0);
		}
	}
	return took / COUNT;
}

static int compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double median(double *times)
{
	qsort(times, ROUNDS, sizeof(*times), compare);
	return times[ROUNDS / 2];
}

int main(void)
{
	puts("await break, nothing matches   without  by name    by id   ns"
	     "  (aim: at most 3 more)");
	for (size_t i = 0; i < OPERATIONS; i++) {
		const struct operation *op = &operations[i];
		double times[3][ROUNDS];

		for (int round = 0; round < ROUNDS; round++) {
			times[0][round] = measure(op, 0, "", 0);
			times[1][round] = measure(op, op->events, "nobody", 0);
			times[2][round] =
				measure(op, op->events, "", 1ull << 40);
		}
		printf("%-30s %8.2f %8.2f %8.2f\n", op->name, median(times[0]),
		       median(times[1]), median(times[2]));
	}
	return 0;
}
