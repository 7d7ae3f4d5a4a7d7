/* SPDX-License-Identifier: MIT */
/*
 * A program that notices when it is stopped. It makes as many awaits as its
 * argument says, one in a hundred of them failed, says "ready", and then only
 * looks at the clock; for each line that it reads it says the largest gap
 * between two looks since the line before, in milliseconds.
 */
#include <await/await.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

AWAIT_TYPE(int, int);

static int number(int *out, int n)
{
	*out = n;
	return n % 100 ? 0 : -EDOM;
}
AWAITABLE_STICKY(int, number, (int, n));

/* Nanoseconds; the reader of lines takes it, and begins anew. */
static _Atomic long largest;

static long now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return at.tv_sec * 1000000000L + at.tv_nsec;
}

static void *answer(void *arg)
{
	(void)arg;
	while (getchar() != EOF) {
		/* Orders nothing: the number is all there is to it. */
		long gap = atomic_exchange_explicit(&largest, 0,
						    memory_order_relaxed);

		printf("%.1f\n", (double)gap / 1e6);
		fflush(stdout);
	}
	exit(0);
}

int main(int argc, char **argv)
{
	int count = argc > 1 ? atoi(argv[1]) : 0;
	pthread_t reader;
	long last;

	for (int i = 0; i < count; i++) {
		await_int *aw = awaitable(number, i);

		if (i % 100 == 0)
			await_wait(aw, NULL);
	}
	if (pthread_create(&reader, NULL, answer, NULL) != 0)
		return 1;
	puts("ready");
	fflush(stdout);
	for (last = now();;) {
		long at = now(), gap = at - last;

		last = at;
		/* Relaxed: see above. A gap lost to the reader's 0 is one of
		 * the program's own, as the reader ran then. */
		if (gap > atomic_load_explicit(&largest, memory_order_relaxed))
			atomic_store_explicit(&largest, gap,
					      memory_order_relaxed);
	}
}
