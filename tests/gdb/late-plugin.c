/* SPDX-License-Identifier: MIT */
/*
 * What late.c loads. keep: one await is left behind. inner: the same function
 * of another plugin, if there is one, which each run calls.
 */
#include <await/await.h>

AWAIT_TYPE(int, int);

#define EXPORT __attribute__((visibility("default")))

EXPORT int use(int n, int keep);
EXPORT int (*inner)(int, int);
int (*inner)(int, int);

static int twice(int *out, int n)
{
	*out = inner ? inner(n + 1, 0) : 2 * n;
	return 0;
}
AWAITABLE(int, twice, (int, n));

int use(int n, int keep)
{
	await_int *aw = awaitable(twice, n);
	await_int *left = keep ? awaitable(twice, -n) : NULL;
	int value = await_get(aw);

	value += await_get(aw);
	await_unref(aw);
	return left ? value + 1 : value;
}
