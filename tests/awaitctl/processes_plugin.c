/* SPDX-License-Identifier: MIT */
/* What processes.c loads, uses and unloads. With CALLS the awaits are the
 * program's, and only their callers are here. */
#include <await/await.h>

void plug(void (*use)(void));

#ifdef CALLS
void plug(void (*use)(void))
{
	use();
	__asm__ volatile(""); /* no tail call */
}
#else
AWAIT_TYPE(int, int);

static int plugged(int n)
{
	return n;
}
AWAITABLE_VALUE(int, plugged, (int, n));

void plug(void (*use)(void))
{
	await_int *aw = awaitable(plugged, 1);

	await_get(aw); /* wait: plugged */
	await_unref(aw);
	(void)use;
}
#endif
