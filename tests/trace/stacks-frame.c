/* SPDX-License-Identifier: MIT */
/*
 * Run by test_stacks.py: stacks walked from the frame that an event has are
 * those that are walked from the sink on. Says of each event whether it has the
 * frame of the function that was called at its addr, and whether the two stacks
 * are the same. An argument makes all frames those of others.
 */
#include "stack/stack.h"

#include <await/await.h>
#include <await/sink.h>

#include <stdio.h>
#include <string.h>

AWAIT_TYPE(int, int);

static bool mistaken;

static void compare(struct await_sink *sink, const struct await_event *event)
{
	static const char *const names[] = {
		[AWAIT_EVENT_CREATE] = "create",
		[AWAIT_EVENT_EXEC_BEGIN] = "exec",
		[AWAIT_EVENT_HIT] = "hit",
	};
	const uintptr_t *frame =
		mistaken ? __builtin_frame_address(0) : event->frame;
	struct stack from_frame, all;

	(void)sink;
	stack_capture(&from_frame, event->addr, frame);
	stack_capture(&all, event->addr, NULL);
	printf("%s: %s frame, %s\n", names[event->type],
	       frame[1] - 1 == (uintptr_t)event->addr ? "its" : "another",
	       from_frame.count > 2 && from_frame.count == all.count &&
			       from_frame.truncated == all.truncated &&
			       memcmp(from_frame.pcs, all.pcs,
				      all.count * sizeof(all.pcs[0])) == 0 ?
		       "the same" :
		       "different");
}

static int twice(int x)
{
	return 2 * x;
}
AWAITABLE_VALUE(int, twice, (int, x));

/* Locals that live in the registers that the frames of the library save. */
__attribute__((noinline)) static int use(int x)
{
	await_int *aw = awaitable(twice, x);
	int sum = 0;

	for (int i = 0; i < 2; i++)
		sum += await_get(aw);
	await_unref(aw);
	return sum;
}

int main(int argc, char **argv)
{
	struct await_sink sink = {
		.event = compare,
		.events = AWAIT_EVENT_BIT(AWAIT_EVENT_CREATE) |
			  AWAIT_EVENT_BIT(AWAIT_EVENT_EXEC_BEGIN) |
			  AWAIT_EVENT_BIT(AWAIT_EVENT_HIT),
	};
	struct stack_options options;

	(void)argv;
	mistaken = argc > 1;
	stack_options(&options);
	stack_begin(&options);
	if (await_sink_add(&sink) != 0)
		return 1;
	printf("%d\n", use(3));
	return await_sink_remove(&sink) != 0;
}
