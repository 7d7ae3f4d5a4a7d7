/* SPDX-License-Identifier: MIT */
/*
 * What tracing costs an operation: prints the nanoseconds of each, median of
 * 15 rounds, in one line; tracing.sh runs it untraced, with the tracer, and
 * with a session. With the word `bare` it does tracepoints of the same fields
 * instead.
 */
#define LTTNG_UST_TRACEPOINT_CREATE_PROBES
#define LTTNG_UST_TRACEPOINT_DEFINE
#include "bare.h"

#include <await/await.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROUNDS 15
#define COUNT 20000

AWAIT_TYPE(int, int);

static int work(int x)
{
	return x + 1;
}
AWAITABLE_VALUE(int, work, (int, x));

static await_int *awaits[COUNT];

static void create(int i)
{
	awaits[i] = awaitable(work, i);
}

static void wait(int i)
{
	await_wait(awaits[i], NULL);
}

static void drop(int i)
{
	await_unref(awaits[i]);
}

static void bare_create(int i)
{
	lttng_ust_tracepoint(await_bare, create, (uint64_t)i, __FILE__, awaits);
}

static void bare_run(int i)
{
	lttng_ust_tracepoint(await_bare, exec_begin, (uint64_t)i, awaits);
	lttng_ust_tracepoint(await_bare, exec_end, (uint64_t)i, awaits);
}

static void bare_hit(int i)
{
	lttng_ust_tracepoint(await_bare, hit, (uint64_t)i, awaits);
}

static void bare_drop(int i)
{
	lttng_ust_tracepoint(await_bare, destroy, (uint64_t)i, awaits);
}

#define STEPS 4
typedef void step(int i);

static double now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	step *const ours[STEPS] = { create, wait, wait, drop };
	step *const bare[STEPS] = { bare_create, bare_run, bare_hit,
				    bare_drop };
	step *const *steps =
		argc > 1 && strcmp(argv[1], "bare") == 0 ? bare : ours;
	double ns[STEPS][ROUNDS];

	for (int round = 0; round < ROUNDS; round++)
		for (int s = 0; s < STEPS; s++) {
			double begin = now_ns();

			for (int i = 0; i < COUNT; i++)
				steps[s](i);
			ns[s][round] = (now_ns() - begin) / COUNT;
		}
	for (int s = 0; s < STEPS; s++) {
		qsort(ns[s], ROUNDS, sizeof(ns[s][0]), compare);
		printf(" %12.1f", ns[s][ROUNDS / 2]);
	}
	printf("\n");
	return 0;
}
