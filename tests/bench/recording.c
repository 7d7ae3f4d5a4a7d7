/* SPDX-License-Identifier: MIT */
/*
 * Awaits for recording.py to record, at a known number and depth:
 *
 *     bench-recording ROUNDS LIVES    as fast as it can, with a pause after
 *                                     each round, in which buffers are emptied
 *     bench-recording paced RATE MS   so many lives a second
 *
 * A life is create, first wait, hit, drop: five events, and a stack of FRAMES
 * for each of the first three. Prints a line for each round: what a life took
 * of the processor, and how long it was, in nanoseconds.
 */
#define _GNU_SOURCE
#include <await/await.h>

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define FRAMES 15
#define NOINLINE __attribute__((noinline))

AWAIT_TYPE(int, int);

static int work(int x)
{
	return x + 1;
}
AWAITABLE_VALUE(int, work, (int, x));

/* The processor is its own; who empties the buffers finds another. */
static void pin(void)
{
	cpu_set_t all, one;

	CPU_ZERO(&one);
	if (sched_getaffinity(0, sizeof(all), &all) != 0)
		return;
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &all)) {
			CPU_ZERO(&one);
			CPU_SET(cpu, &one);
		}
	sched_setaffinity(0, sizeof(one), &one);
}

static double read_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

static double now_ns(void)
{
	return read_ns(CLOCK_MONOTONIC);
}

static double cpu_ns(void)
{
	return read_ns(CLOCK_THREAD_CPUTIME_ID);
}

NOINLINE static void life(int i)
{
	await_int *aw = awaitable(work, i);

	await_wait(aw, NULL);
	await_wait(aw, NULL);
	await_unref(aw);
}

static void burst(long lives)
{
	const double begin = now_ns(), cpu_begin = cpu_ns();

	for (long i = 0; i < lives; i++)
		life((int)i);
	printf("%.2f ", (cpu_ns() - cpu_begin) / (double)lives);
	printf("%.2f\n", (now_ns() - begin) / (double)lives);
}

static void bursts(int rounds, long lives)
{
	for (int round = 0; round < rounds; round++) {
		burst(lives);
		usleep(100000);
	}
}

static void paced(long rate, long ms)
{
	const long lives = rate * ms / 1000, at_once = rate / 10000 + 1;
	const double begin = now_ns(), each = 1e9 / (double)rate;
	const double cpu_begin = cpu_ns();

	for (long i = 0; i < lives; i++) {
		life((int)i);
		if (i % at_once == 0)
			while (now_ns() - begin < (double)i * each)
				;
	}
	printf("%.2f ", (cpu_ns() - cpu_begin) / (double)lives);
	printf("%.2f\n", (now_ns() - begin) / (double)lives);
}

static int measure(char **argv)
{
	if (argv[3])
		paced(atol(argv[2]), atol(argv[3]));
	else
		bursts(atoi(argv[1]), atol(argv[2]));
	return 0;
}

/* Calls itself until life() is the frame that is wanted; main() has one, and
 * so have measure(), what it calls, and what that calls. */
NOINLINE static int descend(int frames, char **argv)
{
	int rc = frames > 5 ? descend(frames - 1, argv) : measure(argv);

	__asm__ volatile(""); /* no jump */
	return rc;
}

int main(int argc, char **argv)
{
	if (argc < 3 || argc > 4)
		return 2;
	pin();
	return descend(FRAMES, argv);
}
