/* SPDX-License-Identifier: MIT */
/*
 * What recording for tests costs: median of 15 rounds. The first events of a
 * process also pay for the memory that they are the first to touch.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <await/await.h>
#include <await/test.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS 15
#define PAIRS 10000
#define EVENTS 1000000

AWAIT_TYPE(int, int);

static double now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

static double begin_end(await_int *unused)
{
	double begin = now_ns();

	(void)unused;
	for (int i = 0; i < PAIRS; i++) {
		await_trace_begin(NULL);
		await_trace_end();
	}
	return (now_ns() - begin) / PAIRS;
}

/* Hits of one await: the operation that costs least by itself. */
static double events(await_int *aw)
{
	double begin;

	await_trace_begin(NULL);
	begin = now_ns();
	for (int i = 0; i < EVENTS; i++)
		await_wait(aw, NULL);
	begin = (now_ns() - begin) / EVENTS;
	if (await_trace_count(await_trace_end()) != EVENTS)
		abort();
	return begin;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void measure(const char *what, const char *threads, double aim,
		    double (*run)(await_int *aw), await_int *aw)
{
	double ns[ROUNDS];

	for (int i = 0; i < ROUNDS; i++)
		ns[i] = run(aw);
	qsort(ns, ROUNDS, sizeof(ns[0]), compare);
	printf("%-20s %-10s %8.1f %8.1f %8.1f   (aim: at most %.0f)\n", what,
	       threads, ns[ROUNDS / 2], ns[1], ns[ROUNDS - 2], aim);
}

static long resident_bytes(void)
{
	long pages = 0;
	FILE *file = fopen("/proc/self/statm", "r");

	if (!file || fscanf(file, "%*d %ld", &pages) != 1)
		abort();
	fclose(file);
	return pages * sysconf(_SC_PAGESIZE);
}

static void *sleep_for_ever(void *unused)
{
	pause();
	return unused;
}

int main(void)
{
	await_int *aw = await_nowait(int, 1);
	long before = resident_bytes();
	double first = events(aw);
	pthread_t thread;

	printf("\n%d events recorded: %.1f MiB (aim: at most 64); %.1f ns each,"
	       " the first time\n\n",
	       EVENTS, (double)(resident_bytes() - before) / (1 << 20), first);
	printf("%-20s %-10s %8s %8s %8s   ns\n", "recording for tests",
	       "threads", "median", "p10", "p90");
	measure("begin and end", "one", 2000, begin_end, aw);
	measure("event", "one", 40, events, aw);
	if (pthread_create(&thread, NULL, sleep_for_ever, NULL) != 0)
		return 1;
	measure("begin and end", "two alive", 2000, begin_end, aw);
	measure("event", "two alive", 40, events, aw);
	return 0;
}
