/* SPDX-License-Identifier: MIT */
/* Stacks that the recorder takes. */
#define _GNU_SOURCE
#include "recorder.h"

#include <dlfcn.h>
#include <unistd.h>

__attribute__((noinline)) static await_int *made_here(void)
{
	return awaitable(leaf, 1);
}

__attribute__((noinline)) static int waited_here(await_int *aw)
{
	return await_wait(aw, NULL);
}

static await_int *resolved;

__attribute__((noinline)) static void hit(void)
{
	await_wait(resolved, NULL);
	__asm__ volatile("");
}

/* Files with the same code but for its frame, loaded in turn at one address;
 * the third has no unwind information. */
static void stacks_right_after_dlclose(void **state)
{
	const struct await_trace_options stacks = {
		.stacks = AWAIT_EVENT_BIT(AWAIT_EVENT_HIT),
	};
	static const char *const files[] = { FRAMES "1.so", FRAMES "2.so",
					     FRAMES "1.so", FRAMES "3.so",
					     FRAMES "2.so" };
	void *first = NULL;
	size_t depth = 0;

	(void)state;
	resolved = await_nowait(int, 1);
	for (int i = 0; i < 5; i++) {
		void *file = dlopen(files[i], RTLD_NOW);
		void (*call)(void (*)(void));
		const struct await_trace *trace;
		struct await_seen event;

		assert_non_null(file);
		*(void **)&call = dlsym(file, "call_frame");
		assert_non_null(call);
		assert_int_equal(await_trace_begin(&stacks), 0);
		call(hit);
		trace = await_trace_end();
		event = seen(trace, 0);
		if (i == 0) {
			first = *(void **)&call;
			depth = event.stack_depth;
		}
		/* Otherwise this tests nothing. */
		assert_ptr_equal(*(void **)&call, first);
		assert_await_stack_has(trace, await_hit("nowait"), "hit");
		if (i == 3) {
			assert_int_equal(event.stack_depth, 2);
		} else {
			assert_int_equal(event.stack_depth, depth);
			assert_await_stack_has(trace, await_hit("nowait"),
					       "stacks_right_after_dlclose");
		}
		dlclose(file);
	}
	await_unref(resolved);
}

static void stacks_of_requested_events(void **state)
{
	const struct await_trace_options stacks = {
		.stacks = AWAIT_EVENT_BIT(AWAIT_EVENT_CREATE) |
			  AWAIT_EVENT_BIT(AWAIT_EVENT_EXEC_BEGIN),
		.depth = 4,
	};
	const struct await_trace *trace;
	await_int *aw;

	(void)state;
	assert_int_equal(await_trace_begin(&stacks), 0);
	aw = made_here();
	waited_here(aw);
	await_unref(aw);
	trace = await_trace_end();
	for (size_t i = 0; i < 2; i++) {
		struct await_seen event = seen(trace, i);

		assert_int_equal(event.stack_depth, 4);
		/* The user's call is the innermost. */
		assert_int_equal(event.stack[0], event.addr + 1);
	}
	assert_int_equal(seen(trace, 2).stack_depth, 0);
	assert_await_stack_has(trace, await_created("leaf"), "made_here");
	assert_await_stack_has(trace, await_begins("leaf"),
			       "stacks_of_requested_events");
	assert_await_first_wait_from(trace, "leaf", "waited_here");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(stacks_of_requested_events, clean),
		cmocka_unit_test_teardown(stacks_right_after_dlclose, clean),
	};

	alarm(120);
	return cmocka_run_group_tests_name("recorder-stacks", tests, NULL,
					   NULL);
}
