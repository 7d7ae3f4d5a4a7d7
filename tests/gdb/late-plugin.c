/* SPDX-License-Identifier: MIT */
/* What late.c loads. keep: one await is left behind. */
#include <await/await.h>

AWAIT_TYPE(int, int);

static int twice(int *out, int n)
{
	*out = 2 * n;
	return 0;
}
AWAITABLE(int, twice, (int, n));

__attribute__((visibility("default"))) int use(int n, int keep);

int use(int n, int keep)
{
	await_int *aw = awaitable(twice, n);
	await_int *left = keep ? awaitable(twice, -n) : NULL;
	int value = await_get(aw);

	await_unref(aw);
	return left ? value + 1 : value;
}
