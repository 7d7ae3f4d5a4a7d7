/* SPDX-License-Identifier: MIT */
/* A library for unload.c to load and unload. Built with two function names of
 * one length, and with other line numbers: all of the same shape. */
#include <await/await.h>

AWAIT_TYPE(int, int);

static int COMPUTE(int *out, void *context)
{
	*out = context != NULL;
	return 0;
}
#define AWAITABLE_(...) AWAITABLE(__VA_ARGS__)
AWAITABLE_(int, COMPUTE, (void *, context));

await_int *make(void *context);

#ifdef MOVED
#line 1000
#endif
await_int *make(void *context)
{
	return awaitable(COMPUTE, context);
}
