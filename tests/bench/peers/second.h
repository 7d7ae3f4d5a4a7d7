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

/* GCC's builtins, because C and C++ include this. All of them are acquire or
 * release: what one thread did with an object comes before what the other
 * does. The partner of each stands behind the other thread's counter. */
static size_t second_given, second_taken; /* batches */
static int second_begun, second_ended;
static sem_t second_wanted;
static void (*second_loop)(size_t count);
static size_t second_size;

static inline void second_pause(int *spins)
{
	if (++*spins % 1000 == 0)
		sched_yield(); /* one cpu for both */
	else
		__asm__ volatile("" : : : "memory");
}

/* Until *counter + ahead is at least goal. */
static inline void second_wait_until(const size_t *counter, size_t goal,
				     size_t ahead)
{
	int spins = 0;

	while (__atomic_load_n(counter, __ATOMIC_ACQUIRE) + ahead < goal)
		second_pause(&spins);
}

static inline void second_count(size_t *counter)
{
	__atomic_store_n(counter, *counter + 1, __ATOMIC_RELEASE);
}

static inline void second_await(const int *flag)
{
	int spins = 0;

	while (!__atomic_load_n(flag, __ATOMIC_ACQUIRE))
		second_pause(&spins);
}

static void *second_main(void *unused)
{
	for (;;) {
		while (sem_wait(&second_wanted) != 0)
			;
		__atomic_store_n(&second_begun, 1, __ATOMIC_RELEASE);
		second_loop(second_size);
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
	second_given = second_taken = 0;
	second_begun = second_ended = 0;
	second_loop = loop;
	second_size = count;
	sem_post(&second_wanted);
	second_await(&second_begun);
}

static inline void second_join(void)
{
	second_await(&second_ended);
}
