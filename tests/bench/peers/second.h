/* SPDX-License-Identifier: MIT */
/*
 * The second thread of a peer's program: it sleeps, or runs a loop beside the
 * first, which then waits for it. Both meet by spinning, so that neither is
 * late by a wake-up.
 */
#pragma once

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* GCC's builtins, because C and C++ include this. All of them are acquire or
 * release: what one thread did with objects comes before what the other does.
 * The partner of each is the other thread's use of the same flag. */
static int second_begun, second_ended;
static double second_took; /* ns */
static sem_t second_wanted;
static void (*second_loop)(size_t count);
static size_t second_size;

static inline void second_await(const int *flag)
{
	for (int spins = 1; !__atomic_load_n(flag, __ATOMIC_ACQUIRE); spins++)
		if (spins % 1000 == 0)
			sched_yield(); /* one cpu for both */
}

static double now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

static void *second_main(void *unused)
{
	for (;;) {
		while (sem_wait(&second_wanted) != 0)
			;
		__atomic_store_n(&second_begun, 1, __ATOMIC_RELEASE);
		second_took = now_ns();
		second_loop(second_size);
		second_took = now_ns() - second_took;
		__atomic_store_n(&second_ended, 1, __ATOMIC_RELEASE);
	}
	return unused;
}

/* cpu: where it runs, or -1 */
static inline void second_create(int cpu)
{
	pthread_t thread;
	cpu_set_t cpus;

	sem_init(&second_wanted, 0, 0);
	if (pthread_create(&thread, NULL, second_main, NULL) != 0) {
		fprintf(stderr, "no second thread\n");
		exit(1);
	}
	if (cpu < 0)
		return;
	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	if (pthread_setaffinity_np(thread, sizeof(cpus), &cpus) != 0)
		fprintf(stderr, "second thread not pinned to cpu %d\n", cpu);
}

/* Returns when the second thread is about to enter the loop. */
static inline void second_start(void (*loop)(size_t count), size_t count)
{
	second_begun = second_ended = 0;
	second_loop = loop;
	second_size = count;
	sem_post(&second_wanted);
	second_await(&second_begun);
}

/* When it has left the loop; the nanoseconds in there. */
static inline double second_join(void)
{
	second_await(&second_ended);
	return second_took;
}
