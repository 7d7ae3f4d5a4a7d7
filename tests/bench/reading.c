/* SPDX-License-Identifier: MIT */
/*
 * Awaits for reading.py to record and to read:
 *
 *     bench-reading LIVES ALIVE
 *
 * A thread on each processor makes its share of so many lives, of five events
 * each: create, first wait, hit, drop. Of each share so many are alive at a
 * time. One of ten fails.
 */
#define _GNU_SOURCE
#include <await/await.h>

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

AWAIT_TYPE(int, int);

static int plain(int *out, int x)
{
	*out = x;
	return 0;
}
AWAITABLE(int, plain, (int, x));

static int failing(int *out, int x)
{
	*out = x;
	return x % 10 ? 0 : -EIO;
}
AWAITABLE_STICKY(int, failing, (int, x));

static long lives, alive;

static await_int *live(int i)
{
	await_int *aw = i % 2 ? awaitable(plain, i) : awaitable(failing, i / 2);

	await_wait(aw, NULL);
	await_wait(aw, NULL);
	return aw;
}

static void *share(void *unused)
{
	await_int **kept = calloc((size_t)alive, sizeof(*kept));

	if (!kept)
		exit(99);
	for (long i = 0; i < lives; i++) {
		if (kept[i % alive])
			await_unref(kept[i % alive]);
		kept[i % alive] = live((int)i);
	}
	for (long i = 0; i < alive; i++)
		if (kept[i])
			await_unref(kept[i]);
	free(kept);
	return unused;
}

int main(int argc, char **argv)
{
	pthread_t threads[CPU_SETSIZE];
	cpu_set_t all;
	int count = 0;

	if (argc != 3 || sched_getaffinity(0, sizeof(all), &all))
		return 2;
	lives = atol(argv[1]) / CPU_COUNT(&all);
	alive = atol(argv[2]) / CPU_COUNT(&all) + 1;
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		cpu_set_t one;

		if (!CPU_ISSET(cpu, &all))
			continue;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		if (pthread_create(&threads[count], NULL, share, NULL) ||
		    pthread_setaffinity_np(threads[count], sizeof(one), &one))
			return 99;
		count++;
	}
	for (int i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
