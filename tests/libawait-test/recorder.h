/* SPDX-License-Identifier: MIT */
/* What the tests of the recorder share: an awaitable, and its events. */
#pragma once

#include "testing.h"

AWAIT_TYPE(int, int);

static int fails_with;

static int leaf(int *out, int x)
{
	*out = x;
	return fails_with;
}
AWAITABLE(int, leaf, (int, x));

static inline int clean(void **state)
{
	fails_with = 0;
	return await_trace_teardown(state);
}

static inline struct await_seen seen(const struct await_trace *trace,
				     size_t index)
{
	struct await_seen event;

	assert_true(await_trace_get(trace, index, &event));
	return event;
}

/* Two events each. */
static inline void *make_some(void *count)
{
	for (intptr_t i = 0; i < (intptr_t)count; i++)
		await_unref(await_nowait(int, 1));
	return NULL;
}
