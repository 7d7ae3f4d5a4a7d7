/* SPDX-License-Identifier: MIT */
/*
 * Makes, runs, hits and drops awaits, until it is killed or each of its threads
 * has done so a number of times. What has returned it counts in a file, which
 * outlives it: its process id, four numbers for each thread, and the threads'
 * ids. See witness.py.
 *
 *     awaitctl-killed FILE THREADS [NUMBER]
 */
#define _GNU_SOURCE
#include <await/await.h>

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

AWAIT_TYPE(int, int);

static int pass(int x)
{
	return x;
}
AWAITABLE_VALUE(int, pass, (int, x));

enum { CREATED, RUN, HIT, DESTROYED, KINDS, THREADS_MAX = 16 };

struct witness {
	_Atomic(uint32_t) pid;
	_Atomic(uint32_t) counts[THREADS_MAX][KINDS];
	_Atomic(uint32_t) threads[THREADS_MAX];
};

static struct witness *witness;

static uint32_t number = UINT32_MAX;

/* Release: the operation has returned; who reads the number reads it in another
 * process, most often after this one's end. */
static void returned(_Atomic(uint32_t) *count, uint32_t value)
{
	atomic_store_explicit(count, value, memory_order_release);
}

static void *work(void *data)
{
	const size_t thread = (size_t)data;
	_Atomic(uint32_t) *counts = witness->counts[thread];
	uintptr_t sum = 0;

	returned(&witness->threads[thread], (uint32_t)gettid());
	for (uint32_t i = 1; i <= number; i++) {
		await_int *aw = awaitable(pass, (int)(i % 7));
		int value = 0;

		returned(&counts[CREATED], i);
		await_wait(aw, NULL);
		returned(&counts[RUN], i);
		(void)await_wait(aw, &value);
		returned(&counts[HIT], i);
		await_unref(aw);
		returned(&counts[DESTROYED], i);
		sum += (uintptr_t)value;
	}
	return (void *)sum;
}

int main(int argc, char **argv)
{
	int fd = argc > 2 ? open(argv[1], O_RDWR) : -1;
	long threads = argc > 2 ? atol(argv[2]) : 0;
	pthread_t all[THREADS_MAX];
	void *sum;

	witness = mmap(NULL, sizeof(*witness), PROT_READ | PROT_WRITE,
		       MAP_SHARED, fd, 0);
	if (witness == MAP_FAILED || threads < 1 || threads > THREADS_MAX)
		return 98;
	if (argc > 3)
		number = (uint32_t)atol(argv[3]);
	returned(&witness->pid, (uint32_t)getpid());
	for (long i = 0; i < threads; i++)
		if (pthread_create(&all[i], NULL, work, (void *)i))
			return 99;
	for (long i = 0; i < threads; i++) {
		pthread_join(all[i], &sum);
		printf("%lu\n", (unsigned long)(uintptr_t)sum);
	}
	return 0;
}
