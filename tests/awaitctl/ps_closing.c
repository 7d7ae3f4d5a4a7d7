/* SPDX-License-Identifier: MIT */
/*
 * A thread that stops where its wait for what it runs itself can be seen, and
 * is not refused yet: between publishing an edge and withdrawing it. It says
 * "ready" there, and goes on at the end of its input. See test_ps_where.py.
 */
#define _GNU_SOURCE
#include "abi/debug.h"

#include <await/await.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

AWAIT_TYPE(int, int);

static char *own_thread_entry(void)
{
	uint32_t count = *(uint32_t *)(uintptr_t)await_debug.thread_count;
	char *entry = (char *)(uintptr_t)await_debug.threads;

	for (; count > 0; count--, entry += await_debug.thread_stride)
		if (*(uint32_t *)(entry + await_debug.thread_tid) ==
		    (uint32_t)gettid())
			return entry;
	exit(99);
}

static await_int *itself;

static int close_ring(int *out)
{
	await_int **blocked_on = (await_int **)(own_thread_entry() +
						await_debug.thread_blocked_on);

	*blocked_on = itself;
	puts("ready");
	fflush(stdout);
	*out = getchar();
	*blocked_on = NULL;
	return 0;
}
AWAITABLE(int, close_ring);

int main(void)
{
	itself = awaitable(close_ring);
	await_wait(itself, NULL);
	await_unref(itself);
	return 0;
}
