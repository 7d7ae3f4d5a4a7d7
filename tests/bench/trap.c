/* SPDX-License-Identifier: MIT */
/*
 * What `await break` costs a process when its filter never matches: each
 * operation with it and without, in turn, medians of 31 rounds. This process
 * arms itself, by the stores that a debugger makes. One that wants runs or hits
 * is paid for when awaits are made: those that it does not want are not
 * watched.
 */
#include "abi/debug.h"

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

static void cancel(void)
{
	for (int i = 0; i < COUNT; i++)
		await_cancel(awaits[i]);
}

static void promise(void)
{
	for (int i = 0; i < COUNT; i++)
		awaits[i] = await_promise(int);
}

static void settle(void)
{
	for (int i = 0; i < COUNT; i++)
		await_resolve(awaits[i], i);
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

static const struct event {
	const char *name;
	uint32_t types, states;
	void (*call)(void);  /* what it is an event of */
	void (*begin)(void); /* how a life with it begins */
} events[] = {
#define BIT(type) AWAIT_EVENT_BIT(AWAIT_EVENT_##type)
	{ "create", BIT(CREATE), 0xff, create, create },
	{ "run", BIT(EXEC_BEGIN), 0xff, run, create },
	{ "run, creating", BIT(EXEC_BEGIN), 0xff, create, create },
	{ "resolve", BIT(EXEC_END) | BIT(RESOLVE), 1u << AWAIT_RESOLVED, run,
	  create },
	{ "resolve, promise", BIT(EXEC_END) | BIT(RESOLVE),
	  1u << AWAIT_RESOLVED, settle, promise },
	{ "fail", BIT(EXEC_END) | BIT(RESOLVE), 1u << AWAIT_FAILED, run,
	  create },
	{ "hit", BIT(HIT), 0xff, hit, create },
	{ "hit, creating", BIT(HIT), 0xff, create, create },
	{ "cancel", BIT(CANCEL), 0xff, cancel, create },
	{ "destroy", BIT(DESTROY), 0xff, destroy, create },
#undef BIT
};
#define EVENTS (sizeof(events) / sizeof(*events))

/* Nothing bears these names. The second is as long as those that there are and
 * begins like them, the third ends like them, too. */
static const struct filter {
	const char *name;
	bool id;
} filters[] = {
	{ "nobody", false }, { "word", false }, { "walk", false }, { "", true }
};
#define FILTERS (sizeof(filters) / sizeof(*filters))

/* Of none of them, though of the same generation. */
static uint64_t no_id(void)
{
	uint32_t serial = *(uint32_t *)(void *)((char *)awaits[0] +
						await_debug.await_serial);

	return (uint64_t)(serial >> 8) << 32 | 0xfffffff0u;
}

static void arm(const struct event *event, const struct filter *filter)
{
	const struct await_debug_block *d = &await_debug;
	uint64_t at = d->trap + d->trap_filters;
	uint64_t id = filter && filter->id ? no_id() : 0;
	uint32_t types = filter ? event->types : 0;
	char *to = (char *)(uintptr_t)at;

	store(at, d->filter_events, types);
	store(at, d->filter_states, event->states);
	memcpy(to + d->filter_id, &id, sizeof(id));
	strcpy(to + d->filter_name, filter ? filter->name : "");
	store(d->trap, d->trap_events, types);
	store(d->armed, 0, types);
	store(d->trap_armed, 0, types);
}

static double now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

/* Nanoseconds of one operation, the filter armed for that part of a life. */
static double measure(const struct event *event, const struct filter *filter)
{
	void (*const lived[])(void) = { event->begin, cancel, settle,
					run,	      hit,    destroy };
	double took = 0;

	for (size_t i = 0; i < sizeof(lived) / sizeof(*lived); i++) {
		bool here = lived[i] == event->call;
		double begin;

		/* Others than run() and hit() are for those events only. */
		if ((i == 1 || i == 2) && !here)
			continue;
		if (here)
			arm(event, filter);
		begin = now_ns();
		lived[i]();
		if (here) {
			took = now_ns() - begin;
			arm(event, NULL);
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

/* What it costs more with that filter; and without. */
static double compare_with(const struct event *event,
			   const struct filter *filter, double *without)
{
	double times[ROUNDS], more[ROUNDS];

	for (int round = 0; round < ROUNDS; round++) {
		times[round] = measure(event, NULL);
		more[round] = measure(event, filter) - times[round];
	}
	*without = median(times);
	return median(more);
}

int main(void)
{
	puts("await break, nothing matches   without  other   like  alike  by id"
	     "   ns more  (aim: at most 3 more)");
	for (size_t i = 0; i < EVENTS; i++) {
		double without, more[FILTERS];

		for (size_t j = 0; j < FILTERS; j++)
			more[j] =
				compare_with(&events[i], &filters[j], &without);
		printf("%-30s %8.2f", events[i].name, without);
		for (size_t j = 0; j < FILTERS; j++)
			printf(" %+6.2f", more[j]);
		putchar('\n');
	}
	return 0;
}
