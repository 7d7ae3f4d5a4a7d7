/* SPDX-License-Identifier: MIT */
/* libawait: counted, shared by threads, enumerable, observable. */
#define _GNU_SOURCE
#include "work.h"

#include <await/await.h>
#include <await/inspect.h>

AWAIT_TYPE(int, int);
AWAITABLE_VALUE(int, work, (int, x));

typedef await_int *handle;

#define HAS_NOWAIT
#define HAS_ENUMERATE

static inline handle create(int x)
{
	return awaitable(work, x);
}

static inline handle nowait(int x)
{
	return await_nowait(int, x);
}

static inline int wait_for(handle aw)
{
	return await_get(aw);
}

static inline void drop(handle aw)
{
	await_unref(aw);
}

static int count_pending(const struct await_info *info, void *count)
{
	*(size_t *)count += info->state == AWAIT_PENDING;
	return 0;
}

static size_t enumerate(void)
{
	size_t pending = 0;

	await_each(count_pending, &pending);
	return pending;
}

#include "loops.h"
