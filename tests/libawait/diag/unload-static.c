/* SPDX-License-Identifier: MIT */
/* A library with a lazy global, for unload.c. With RESETS it drops that when it
 * is unloaded, as a library should. */
#include <await/await.h>

AWAIT_TYPE(int, int);

static int compute(int x)
{
	return x;
}
AWAITABLE_VALUE(int, compute, (int, x));
AWAIT_STATIC(computed, compute, 42);

await_int *make(void *context);
await_int *make(void *context)
{
	(void)context;
	(void)await_get(computed());
	return computed();
}

#ifdef RESETS
__attribute__((destructor)) static void reset(void)
{
	await_static_reset(computed);
}
#endif
