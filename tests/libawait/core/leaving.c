/* SPDX-License-Identifier: MIT */
/*
 * Functions that jump out of the wait, as a failing assertion of cmocka does.
 * Their run has failed with -EOWNERDEAD, whatever the thread does next. Threads
 * are in leaving_threads.c, C++ exceptions in leaving_throw.cc.
 */
#define _GNU_SOURCE
#include "leaving.h"

#include <alloca.h>

static int given; /* references to arguments that awaits hold */

static char *take(const char *text)
{
	given++;
	return strdup(text);
}

static void give(char *text)
{
	given--;
	free(text);
}

static int jump_finally(int *out)
{
	return jump(out);
}
AWAITABLE_STICKY(int, jump_finally);

static int jump_with(int *out, char *text)
{
	assert_string_equal(text, "text");
	return jump(out);
}
AWAITABLE(int, jump_with, (char *, text, give, take));

/* Waits for what jumps out to it, and goes on. */
static int catch_jump(int *out, await_int *aw)
{
	jmp_buf outer;

	memcpy(outer, back, sizeof(back));
	if (setjmp(back) == 0)
		await_wait(aw, NULL);
	memcpy(back, outer, sizeof(back));
	*out = 5;
	return 0;
}
AWAITABLE(int, catch_jump, (await_int *, aw));

/* As a caller further down the stack, with room over which nobody writes. */
static __attribute__((noinline)) int wait_deeper(await_int *aw, int *out)
{
	char *room = alloca(20000);
	int rc;

	__asm__ volatile("" : : "r"(room) : "memory");
	rc = await_wait(aw, out);
	__asm__ volatile("" : : "r"(room) : "memory");
	return rc;
}

static void a_function_that_does_not_return(void **state)
{
	await_int *aw = awaitable(jump), *other = awaitable(answer);
	int value = 0;

	(void)state;
	wait_and_jump(aw);
	assert_int_equal(await_wait(other, &value), 0);
	assert_int_equal(value, 42);
	expect_left(aw);
	leave = false;
	assert_int_equal(await_wait(aw, &value), 0);
	assert_int_equal(value, 7);
	assert_int_equal(await_attempts(aw), 2);
	await_unref(aw);
	await_unref(other);
}

static void it_is_waited_for_again(void **state)
{
	await_int *aw = awaitable(jump);
	int value = 0;

	(void)state;
	wait_and_jump(aw);
	leave = false;
	assert_int_equal(await_wait(aw, &value), 0);
	assert_int_equal(value, 7);
	assert_int_equal(runs, 2);
	await_unref(aw);
}

static void waits_further_down_are_not_inside(void **state)
{
	await_int *aw = awaitable(jump), *other = awaitable(answer);

	(void)state;
	await_sink_add(&sink);
	wait_and_jump(aw);
	assert_int_equal(wait_deeper(other, NULL), 0);
	await_sink_remove(&sink);
	expect_left(aw);
	assert_int_equal(seen_count, 4);
	assert_int_equal(seen[1].type, AWAIT_EVENT_EXEC_END);
	assert_ptr_equal(seen[1].aw, &aw->head);
	assert_int_equal(seen[1].error, -EOWNERDEAD);
	assert_int_equal(seen[2].type, AWAIT_EVENT_EXEC_BEGIN);
	assert_int_equal(seen[2].parent, 0);
	await_unref(aw);
	await_unref(other);
}

/* Where the frame of the run lies that was left. */
static void nor_are_waits_at_the_same_place(void **state)
{
	await_int *aw = awaitable(jump), *other = awaitable(jump);

	(void)state;
	await_sink_add(&sink);
	for (int i = 0; i < 2; i++) {
		wait_and_jump(aw);
		wait_and_jump(other);
	}
	await_sink_remove(&sink);
	assert_int_equal(seen_count, 8);
	for (int i = 0; i < seen_count; i++)
		assert_int_equal(seen[i].parent, 0);
	await_unref(aw);
	await_unref(other);
}

static void nor_are_they_a_cycle(void **state)
{
	await_int *aw = awaitable(jump);
	int value = 0;

	(void)state;
	wait_and_jump(aw);
	leave = false;
	assert_int_equal(wait_deeper(aw, &value), 0);
	assert_int_equal(value, 7);
	await_unref(aw);
}

static void all_runs_that_were_jumped_over_fail(void **state)
{
	await_int *inner = awaitable(jump);
	await_int *outer = awaitable(wait_for_it, inner);
	await_int *outermost = awaitable(wait_for_it, outer);
	int value = 0;

	(void)state;
	await_sink_add(&sink);
	wait_and_jump(outermost);
	leave = false;
	assert_int_equal(wait_deeper(outermost, &value), 0);
	await_sink_remove(&sink);
	assert_int_equal(value, 7);
	assert_int_equal(seen_count, 3 + 3 + 6);
	for (int i = 3; i < 6; i++) {
		assert_int_equal(seen[i].type, AWAIT_EVENT_EXEC_END);
		assert_int_equal(seen[i].error, -EOWNERDEAD);
	}
	assert_ptr_equal(seen[3].aw, &inner->head);
	assert_int_equal(seen[3].parent, await_id(outer));
	assert_ptr_equal(seen[5].aw, &outermost->head);
	assert_int_equal(seen[5].parent, 0);
	await_unref(inner);
	await_unref(outer);
	await_unref(outermost);
}

static void a_function_that_is_jumped_into_goes_on(void **state)
{
	await_int *inner = awaitable(jump);
	await_int *outer = awaitable(catch_jump, inner);
	int value = 0;

	(void)state;
	await_sink_add(&sink);
	assert_int_equal(await_wait(outer, &value), 0);
	await_sink_remove(&sink);
	assert_int_equal(value, 5);
	expect_left(inner);
	assert_int_equal(seen_count, 4);
	assert_ptr_equal(seen[2].aw, &inner->head);
	assert_ptr_equal(seen[3].aw, &outer->head);
	assert_int_equal(seen[3].error, 0);
	await_unref(inner);
	await_unref(outer);
}

static void arguments_are_released_once(void **state)
{
	await_int *aw = awaitable(jump_with, "text");

	(void)state;
	wait_and_jump(aw);
	wait_and_jump(aw);
	assert_int_equal(given, 1);
	leave = false;
	assert_int_equal(await_wait(aw, NULL), 0);
	assert_int_equal(given, 0);
	await_unref(aw);
	assert_int_equal(given, 0);
}

static void a_dropped_one_ends(void **state)
{
	await_int *aw = awaitable(jump_with, "text");

	(void)state;
	wait_and_jump(aw);
	await_unref(aw);
	assert_int_equal(given, 0);
}

static void it_is_too_late_to_cancel(void **state)
{
	await_int *aw = awaitable(jump);

	(void)state;
	wait_and_jump(aw);
	assert_int_equal(await_cancel(aw), -EALREADY);
	expect_left(aw);
	await_unref(aw);
}

static void what_is_made_next_is_not_inside(void **state)
{
	struct await_sink creations = {
		.event = record,
		.events = sink.events | AWAIT_EVENT_BIT(AWAIT_EVENT_CREATE),
	};
	await_int *aw = awaitable(jump), *other;

	(void)state;
	await_sink_add(&creations);
	wait_and_jump(aw);
	other = awaitable(answer);
	await_sink_remove(&creations);
	assert_int_equal(seen_count, 3);
	assert_int_equal(seen[1].type, AWAIT_EVENT_EXEC_END);
	assert_int_equal(seen[2].type, AWAIT_EVENT_CREATE);
	assert_int_equal(seen[2].parent, 0);
	await_unref(aw);
	await_unref(other);
}

/* Those sinks hear of a run that was left which were there then. */
static void a_sink_hears_what_was_left_before_it_goes(void **state)
{
	await_int *aw = awaitable(jump);

	(void)state;
	await_sink_add(&sink);
	wait_and_jump(aw);
	await_sink_remove(&sink);
	assert_int_equal(seen_count, 2);
	assert_int_equal(seen[1].error, -EOWNERDEAD);
	wait_and_jump(aw);
	await_sink_add(&sink);
	await_sink_remove(&sink);
	assert_int_equal(seen_count, 2);
	await_unref(aw);
}

static void a_sticky_failure_is_final(void **state)
{
	await_int *aw = awaitable(jump_finally);

	(void)state;
	wait_and_jump(aw);
	leave = false;
	assert_int_equal(await_wait(aw, NULL), -EOWNERDEAD);
	assert_int_equal(await_wait(aw, NULL), -EOWNERDEAD);
	assert_int_equal(runs, 1);
	await_unref(aw);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_function_that_does_not_return, setup),
		cmocka_unit_test_setup(it_is_waited_for_again, setup),
		cmocka_unit_test_setup(waits_further_down_are_not_inside,
				       setup),
		cmocka_unit_test_setup(nor_are_waits_at_the_same_place, setup),
		cmocka_unit_test_setup(nor_are_they_a_cycle, setup),
		cmocka_unit_test_setup(all_runs_that_were_jumped_over_fail,
				       setup),
		cmocka_unit_test_setup(a_function_that_is_jumped_into_goes_on,
				       setup),
		cmocka_unit_test_setup(arguments_are_released_once, setup),
		cmocka_unit_test_setup(a_dropped_one_ends, setup),
		cmocka_unit_test_setup(it_is_too_late_to_cancel, setup),
		cmocka_unit_test_setup(what_is_made_next_is_not_inside, setup),
		cmocka_unit_test_setup(
			a_sink_hears_what_was_left_before_it_goes, setup),
		cmocka_unit_test_setup(a_sticky_failure_is_final, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
