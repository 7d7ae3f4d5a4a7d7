/* SPDX-License-Identifier: MIT */
/* A part of ps_app.c: a thread that has published its edge to what it runs
 * itself, and not withdrawn it yet, which by itself takes a moment only. */
#pragma once

#include "abi/debug.h"

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
	*(await_int **)(own_thread_entry() + await_debug.thread_blocked_on) =
		itself;
	ready();
	until_told();
	return *out = 0;
}
AWAITABLE(int, close_ring);

static void closing(void)
{
	itself = awaitable(close_ring);
	await_wait(itself, NULL);
}
