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
 *                             drops what one created); processor time of one
 *     chain DEPTH TIMES       the first wait for an object that waits for one
 *                             that waits..., for each of these
 *
 * What the clock itself takes is measured, and taken off.
 */
#pragma once

#ifdef __cplusplus
#define _Alignas alignas
#endif

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

/* What a thread created, on its way to the next. */
static struct way {
	_Alignas(64) size_t given;
	_Alignas(64) size_t taken;
	handle handles[RING * BATCH];
} ways[THREADS];

static pthread_barrier_t barrier;
static size_t thread_count, each_count;
static void (*thread_loop)(unsigned thread);

static void own(unsigned thread)
{
	(void)thread;
	bench_life(each_count);
}

static void one(unsigned thread)
{
	(void)thread;
	bench_hit(each_count);
}

/* As in peers/loops.h, but each thread creates and drops. */
static void cross(unsigned thread)
{
	unsigned other = (thread + 1) % (unsigned)thread_count;
	struct way *mine = &ways[thread], *its = &ways[other];

	for (size_t done = 0; done < each_count / BATCH; done++) {
		handle *created = mine->handles + done % RING * BATCH;
		handle *dropped = its->handles + done % RING * BATCH;

		second_wait_until(&mine->taken, done + 1, RING);
		for (size_t i = 0; i < BATCH; i++)
			created[i] = create((int)i);
		second_count(&mine->given);
		second_wait_until(&its->given, done + 1, 0);
		for (size_t i = 0; i < BATCH; i++)
			drop(dropped[i]);
		second_count(&its->taken);
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

	pin(thread, (unsigned)sysconf(_SC_NPROCESSORS_ONLN));
	bench_life(1000); /* what a thread needs, it has */
	pthread_barrier_wait(&barrier);
	thread_loop(thread);
	pthread_barrier_wait(&barrier);
	return NULL;
}

static void threads(const char *op, size_t count)
{
	pthread_t all[THREADS];
	double begin;
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	each_count = count;
	for (size_t i = 0; i < thread_count; i++)
		ways[i].given = ways[i].taken = 0;
	thread_loop = strcmp(op, "own") == 0 ? own :
		      strcmp(op, "one") == 0 ? one :
					       cross;
	handles[0] = create(0);
	sink = wait_for(handles[0]);
	if (thread_loop == cross)
		drop(handles[0]);
	pthread_barrier_init(&barrier, NULL, (unsigned)thread_count);
	for (size_t i = 1; i < thread_count; i++)
		if (pthread_create(&all[i], NULL, thread_main, (void *)i) != 0)
			abort();
	/* This thread is the first. */
	pin(0, (unsigned)cpus);
	bench_life(1000);
	pthread_barrier_wait(&barrier);
	begin = now_ns();
	thread_loop(0);
	pthread_barrier_wait(&barrier);
	begin = now_ns() - begin;
	for (size_t i = 1; i < thread_count; i++)
		pthread_join(all[i], NULL);
	pthread_barrier_destroy(&barrier);
	if (thread_loop != cross)
		drop(handles[0]);
	if ((long)thread_count < cpus)
		cpus = (long)thread_count;
	printf("%.3f\n", begin * (double)cpus / (double)(thread_count * count));
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
