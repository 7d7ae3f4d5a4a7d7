/* SPDX-License-Identifier: MIT */
/* A library that uses awaits, for host.c, which does not. */
#include <await/await.h>

AWAIT_TYPE(int, int);

static int twice(int x)
{
	return 2 * x;
}
AWAITABLE_VALUE(int, twice, (int, x));

long user_run(int count);

/* Four events each: create, run's two, destroy. */
long user_run(int count)
{
	long sum = 0;

	for (int i = 1; i <= count; i++) {
		await_int *aw = awaitable(twice, i);

		sum += await_get(aw);
		await_unref(aw);
	}
	return sum;
}
