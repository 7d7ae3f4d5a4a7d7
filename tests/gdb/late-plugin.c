/* SPDX-License-Identifier: MIT */
/* What late.c loads. */
#include <await/await.h>

AWAIT_TYPE(int, int);

static int twice(int *out, int n)
{
	*out = 2 * n;
	return 0;
}
AWAITABLE(int, twice, (int, n));

int use(int n);

int use(int n)
{
	await_int *aw = awaitable(twice, n);
	int value = await_get(aw);

	await_unref(aw);
	return value;
}
