/* SPDX-License-Identifier: MIT */
/*
 * What the tests of sessions share: an awaitable, and windows of a session of
 * LTTng that records this process, with the real daemon. They look at records
 * themselves, and run under tests/private-lttng, linked to the tracer.
 */
#pragma once

#include "testing.h"

#include "libawait-test/records/records.h"

AWAIT_TYPE(int, int);

static int twice(int *out, int x)
{
	*out = 2 * x;
	return x < 0 ? -EDOM : 0;
}
AWAITABLE(int, twice, (int, x));

/* Never inlined, so that it is a frame of its own. */
__attribute__((noinline)) static await_int *make_here(int x)
{
	await_int *aw = awaitable(twice, x);

	__asm__ volatile("" ::: "memory");
	return aw;
}

static inline void begin(void)
{
	int rc = await_session_begin();

	if (rc)
		print_error("begin: %s\n", await_trace_error());
	assert_int_equal(rc, 0);
}

static inline const struct await_trace *end(void)
{
	const struct await_trace *trace = await_session_end();

	if (!trace)
		print_error("end: %s\n", await_trace_error());
	assert_non_null(trace);
	return trace;
}

static inline size_t count(const struct await_trace *trace, int type)
{
	size_t found = 0;

	for (size_t i = 0; i < trace->count; i++)
		found += trace->records[i].type == type;
	return found;
}

/* The only event of its type. */
static inline const struct record *only(const struct await_trace *trace,
					int type)
{
	const struct record *found = NULL;

	assert_int_equal(count(trace, type), 1);
	for (size_t i = 0; i < trace->count; i++)
		if (trace->records[i].type == type)
			found = &trace->records[i];
	return found;
}

static inline void use(int awaits)
{
	for (int i = 0; i < awaits; i++) {
		await_int *aw = make_here(i);

		assert_int_equal(await_get(aw), 2 * i);
		assert_int_equal(await_get(aw), 2 * i);
		await_unref(aw);
	}
}
