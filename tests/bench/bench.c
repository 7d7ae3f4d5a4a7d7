/* SPDX-License-Identifier: MIT */
/*
 * What awaits cost: median, fastest and slowest tenth of 15 rounds, in
 * nanoseconds an operation, and memory. Times of a shared machine are noisy:
 * compare them within one run.
 */
#define _GNU_SOURCE
#include "async.h"

#include <await/await.h>
#include <await/inspect.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS 15
#define COUNT 200000

AWAIT_TYPE(int, int);

static int work(int x)
{
	return x + 1;
}
AWAITABLE_VALUE(int, work, (int, x));

static await_int *awaits[1000000];

static double now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

static void create(void)
{
	for (int i = 0; i < COUNT; i++)
		awaits[i] = awaitable(work, i);
}

static void first_wait(void)
{
	for (int i = 0; i < COUNT; i++)
		await_wait(awaits[i], NULL);
}

static void hit(void)
{
	for (int i = 0; i < COUNT; i++)
		await_wait(awaits[i], NULL);
}

static void drop(void)
{
	for (int i = 0; i < COUNT; i++)
		await_unref(awaits[i]);
}

static void whole_life(void)
{
	for (int i = 0; i < COUNT; i++) {
		await_int *aw = awaitable(work, i);

		await_wait(aw, NULL);
		await_unref(aw);
	}
}

static void async(void)
{
	async_whole_life(COUNT);
}

static const struct {
	const char *name;
	void (*run)(void);
} steps[] = {
	{ "create", create },
	{ "first wait", first_wait },
	{ "cached hit", hit },
	{ "drop", drop },
	{ "create, wait, drop", whole_life },
	{ "same, std::async", async },
};

#define STEPS (sizeof(steps) / sizeof(steps[0]))

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* limit: of the last step but one against the last, which is the peer. */
static void measure(const char *threads, double limit)
{
	double ns[STEPS][ROUNDS], ratio;

	for (int round = -1; round < ROUNDS; round++)
		for (size_t i = 0; i < STEPS; i++) {
			double begin = now_ns();

			steps[i].run();
			if (round >= 0)
				ns[i][round] = (now_ns() - begin) / COUNT;
		}
	for (size_t i = 0; i < STEPS; i++) {
		qsort(ns[i], ROUNDS, sizeof(double), compare);
		printf("%-20s %-10s %8.2f %8.2f %8.2f\n", steps[i].name,
		       threads, ns[i][ROUNDS / 2], ns[i][1], ns[i][ROUNDS - 2]);
	}
	ratio = ns[STEPS - 2][ROUNDS / 2] / ns[STEPS - 1][ROUNDS / 2];
	printf("%-20s %-10s %8.3f   (aim: at most %.2f)\n",
	       "libawait/std::async", threads, ratio, limit);
}

static long resident_bytes(void)
{
	long pages = 0;
	FILE *file = fopen("/proc/self/statm", "r");

	if (!file || fscanf(file, "%*d %ld", &pages) != 1)
		pages = 0;
	if (file)
		fclose(file);
	return pages * sysconf(_SC_PAGESIZE);
}

static int count_one(const struct await_info *info, void *count)
{
	*(size_t *)count += info->state == AWAIT_PENDING;
	return 0;
}

/* The fastest of a few, in milliseconds: the first also brings the memory. */
static double enumerate(size_t *pending)
{
	double best = 1e9;

	for (int i = 0; i < 5; i++) {
		double begin = now_ns();

		*pending = 0;
		await_each(count_one, pending);
		if (now_ns() - begin < best)
			best = now_ns() - begin;
	}
	return best / 1e6;
}

static void measure_memory(void)
{
	const int many = sizeof(awaits) / sizeof(awaits[0]);
	size_t pending;
	long before;
	double ms;

	for (int i = 0; i < many; i++)
		awaits[i] = NULL; /* touch it */
	before = resident_bytes();
	for (int i = 0; i < many; i++)
		awaits[i] = awaitable(work, i);
	printf("\n%d awaits of an int alive: %.1f bytes each in memory\n", many,
	       (double)(resident_bytes() - before) / many);
	ms = enumerate(&pending);
	printf("await_each() finds %zu in %.2f ms\n", pending, ms);
	for (int i = 0; i < many; i++)
		await_unref(awaits[i]);
}

static void *sleep_for_ever(void *unused)
{
	pause();
	return unused;
}

int main(void)
{
	pthread_t thread;

	measure_memory();
	printf("\n%-20s %-10s %8s %8s %8s   ns\n", "operation", "threads",
	       "median", "p10", "p90");
	measure("one", 0.04);
	if (pthread_create(&thread, NULL, sleep_for_ever, NULL) != 0)
		return 1;
	measure("two alive", 0.12);
	return 0;
}
