/* SPDX-License-Identifier: MIT */
/*
 * A library with a copy of libawait of its own, which it shows to nobody:
 * what a program gets that loads a plugin which was linked statically.
 */
#include <await/await.h>

AWAIT_TYPE(int, int);

typedef int run_function(void);
void *plugin_make(run_function *run);
int plugin_wait(void *aw);

static int call(int *out, run_function *run)
{
	*out = run();
	return 0;
}
AWAITABLE(int, call, (run_function *, run));

__attribute__((visibility("default"))) void *plugin_make(run_function *run)
{
	return awaitable(call, run);
}

__attribute__((visibility("default"))) int plugin_wait(void *aw)
{
	return await_wait((await_int *)aw, NULL);
}
