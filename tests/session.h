/* SPDX-License-Identifier: MIT */
/* For tests that record themselves through LTTng: cmocka's setup and teardown
 * of each, and the end of what it does, with the trace of it. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <await/await.h>
#include <await/test.h>

static const struct await_trace *trace;

static int begin(void **state)
{
	(void)state;
	if (await_session_begin() == 0)
		return 0;
	print_error("%s\n", await_trace_error());
	return -1;
}

static int end(void **state)
{
	(void)state;
	await_trace_free(trace);
	trace = NULL;
	return 0;
}

static void end_session(void)
{
	trace = await_session_end();
	if (!trace)
		fail_msg("%s", await_trace_error());
	assert_await_nothing_lost(trace);
	assert_await_no_leak(trace);
}
