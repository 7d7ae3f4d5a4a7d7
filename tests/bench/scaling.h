/* SPDX-License-Identifier: MIT */
/*
 * How a peer scales: PEER, one of peers/, whose loops these are, too. scaling.c
 * and scaling.cc are this file. A program reads lines and answers each with
 * nanoseconds:
 *
 *     alive COUNT TIMES       COUNT objects alive at once: to create, wait for
 *                             first, hit at random, drop and enumerate one (-1
 *                             if it cannot be)
 *     threads OP N COUNT      N threads, each COUNT times: own (a whole life),
 *                             one (all hit one object), cross (the next thread
 *                             drops what one created); of a processor, for one
 *     chain DEPTH TIMES       the first wait for an object that waits for one
 *                             that waits..., for each of these
 *
 * What the clock itself takes is measured, and taken off.
 */
#pragma once

#include "peers/work.h"

#include <stddef.h>

/* In place of work(): the function of object i of a chain waits for i - 1. */
static int link_work(int x);

/* They have names of their own. */
int peer_main(int argc, char **argv);
#define main peer_main
#define work link_work
#include PEER
#undef work
#undef main

static int chained;

static int link_work(int x)
{
	return chained && x > 0 ? wait_for(handles[x - 1]) + 1 : work(x);
}

static void nothing(size_t count)
{
	(void)count;
}

/* What timed() counts when there is nothing to count. */
static double clock_ns(void)
{
	double least = 1e9;

	for (int i = 0; i < 1000; i++) {
		double ns = timed(nothing, 0);

		least = ns < least ? ns : least;
	}
	return least;
}

/* --- alive --- */

#ifndef HAS_ENUMERATE
static double enumerate_all(size_t count)
{
	return -(double)count;
}
#endif

static void alive(size_t count, size_t times)
{
	const size_t enumerations = times < 100 ? times : 100;
	const double clock = clock_ns();
	double ns[5] = { 0 };

	for (size_t i = 0; i < times; i++) {
		ns[0] += timed(bench_create, count) - clock;
		ns[1] += timed(bench_first_wait, count) - clock;
		ns[3] += timed(bench_drop, count) - clock;
		ns[2] += hit_random(count) - clock;
	}
	for (size_t i = 0; i < enumerations; i++)
		ns[4] += enumerate_all(count) * (double)times /
			 (double)enumerations;
	for (int i = 0; i < 5; i++)
		printf("%.3f ", ns[i] / (double)(count * times));
	printf("\n");
}

/* --- threads --- */

#define THREADS 8
#define AT_ONCE 10000u /* of a thread, when another is to drop them */

static pthread_barrier_t barrier;
static size_t thread_count, each_count;
static void (*thread_loop)(unsigned thread);
static double thread_ns[THREADS];

/* Of this thread: neither waiting nor who else is on the processor counts. */
static double cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

static void threads_own(unsigned thread)
{
	(void)thread;
	bench_life(each_count);
}

static void threads_one(unsigned thread)
{
	(void)thread;
	bench_hit(each_count);
}

static void threads_cross(unsigned thread)
{
	handle *mine = handles + thread * AT_ONCE;
	handle *its = handles + (thread + 1) % thread_count * AT_ONCE;

	for (size_t done = 0; done < each_count; done += AT_ONCE) {
		for (size_t i = 0; i < AT_ONCE; i++)
			mine[i] = create((int)i);
		pthread_barrier_wait(&barrier);
		for (size_t i = 0; i < AT_ONCE; i++)
			drop(its[i]);
		pthread_barrier_wait(&barrier);
	}
}

static void pin(unsigned thread, unsigned cpus)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	for (unsigned cpu = 0; cpu < cpus; cpu++)
		if (thread_count > cpus || cpu == thread)
			CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static void *thread_main(void *number)
{
	unsigned thread = (unsigned)(size_t)number;
	double begin;

	pin(thread, (unsigned)sysconf(_SC_NPROCESSORS_ONLN));
	bench_life(1000); /* what a thread needs, it has */
	pthread_barrier_wait(&barrier);
	begin = cpu_ns();
	thread_loop(thread);
	thread_ns[thread] = cpu_ns() - begin;
	return NULL;
}

static void threads(const char *op, size_t count)
{
	pthread_t all[THREADS];
	double sum = 0;

	each_count = count;
	thread_loop = strcmp(op, "own") == 0 ? threads_own :
		      strcmp(op, "one") == 0 ? threads_one :
					       threads_cross;
	handles[0] = create(0);
	sink = wait_for(handles[0]);
	if (thread_loop == threads_cross)
		drop(handles[0]);
	pthread_barrier_init(&barrier, NULL, (unsigned)thread_count);
	for (size_t i = 0; i < thread_count; i++)
		if (pthread_create(&all[i], NULL, thread_main, (void *)i) != 0)
			abort();
	for (size_t i = 0; i < thread_count; i++)
		pthread_join(all[i], NULL);
	pthread_barrier_destroy(&barrier);
	if (thread_loop != threads_cross)
		drop(handles[0]);
	for (size_t i = 0; i < thread_count; i++)
		sum += thread_ns[i];
	printf("%.3f\n", sum / (double)(thread_count * count));
}

/* --- chains --- */

static void chain(size_t depth, size_t times)
{
	double ns = 0, clock = clock_ns();

	chained = 1;
	for (size_t i = 0; i < times; i++) {
		double begin;

		bench_create(depth);
		begin = now_ns();
		sink = wait_for(handles[depth - 1]);
		ns += now_ns() - begin - clock;
		bench_drop(depth);
	}
	chained = 0;
	printf("%.3f\n", ns / (double)(depth * times));
}

int main(void)
{
	char line[100], op[10];
	size_t count, times;

	while (fgets(line, sizeof(line), stdin)) {
		if (sscanf(line, "alive %zu %zu", &count, &times) == 2 &&
		    count > 0 && count <= MOST)
			alive(count, times);
		else if (sscanf(line, "threads %9s %zu %zu", op, &thread_count,
				&count) == 3 &&
			 thread_count > 0 && thread_count <= THREADS)
			threads(op, count);
		else if (sscanf(line, "chain %zu %zu", &count, &times) == 2 &&
			 count > 0 && count <= MOST)
			chain(count, times);
		else
			printf("what? %s", line);
		fflush(stdout);
	}
	return 0;
}
