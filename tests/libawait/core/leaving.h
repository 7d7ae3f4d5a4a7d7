/* SPDX-License-Identifier: MIT */
/* Functions that do not return, and what became of their runs. */
#pragma once

#include "record.h"

#include <stdbool.h>

AWAIT_TYPE(int, int);

static jmp_buf back;
static int runs;
static bool leave;

static int jump(int *out)
{
	runs++;
	if (leave)
		longjmp(back, 1);
	*out = 7;
	return 0;
}
AWAITABLE(int, jump);

static int answer(int *out)
{
	runs++;
	*out = 42;
	return 0;
}
AWAITABLE(int, answer);

static int wait_for_it(int *out, await_int *aw)
{
	runs++;
	return await_wait(aw, out);
}
AWAITABLE(int, wait_for_it, (await_int *, aw));

static struct await_sink sink = {
	.event = record,
	.events = AWAIT_EVENT_BIT(AWAIT_EVENT_EXEC_BEGIN) |
		  AWAIT_EVENT_BIT(AWAIT_EVENT_EXEC_END),
};

static int setup(void **state)
{
	(void)state;
	runs = 0;
	seen_count = 0;
	leave = true;
	return 0;
}

/* Waits for an await that jumps out of the wait. */
static __attribute__((noinline)) void wait_and_jump(await_int *aw)
{
	if (setjmp(back) == 0) {
		await_wait(aw, NULL);
		fail_msg("it returned");
	}
}

static void expect_left(const await_int *aw)
{
	assert_int_equal(await_state(aw), AWAIT_FAILED);
	assert_int_equal(await_error(aw), -EOWNERDEAD);
}
