/* SPDX-License-Identifier: MIT */
/* Stacks take memory for those that are alive and for the slowest. */
#include "make.h"

#include "lives/alive.h"
#include "lives/stacks.h"
#include "lives/sums.h"

static struct lives lives;

static int setup(void **state)
{
	(void)state;
	lives = (struct lives){ .slowest = 3 };
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	lives_free(&lives);
	return 0;
}

/* Of two frames: the second is `outer`. */
static void stack(enum event_kind kind, int64_t time, uint64_t id,
		  uint64_t outer, bool truncated)
{
	struct trace_event event = make_event(kind, time, id);
	const uint64_t addrs[] = { 0x10, outer };

	event.stack = addrs;
	event.depth = 2;
	event.numbers[FIELD_TRUNCATED] = truncated;
	make_take(&lives, &event);
}

static bool any(const struct lives_process *process)
{
	(void)process;
	return true;
}

static const struct lives_stacks *stacks_of(uint64_t id)
{
	return alive_find(&lives, lives.processes[0], id)->stacks;
}

static void equal_ones_are_one(void **state)
{
	(void)state;
	for (uint64_t id = 1; id <= 1000; id++) {
		make_plain(&lives, EVENT_CREATE, (int64_t)id, id);
		stack(EVENT_CREATE_STACK, (int64_t)id, id, 0x20, false);
	}
	assert_int_equal(lives.by_stack.used, 1);
	assert_ptr_equal(stacks_of(1)->of[STACK_CREATED].stack,
			 stacks_of(1000)->of[STACK_CREATED].stack);
	assert_int_equal(stacks_of(7)->of[STACK_CREATED].time, 7);
	make_plain(&lives, EVENT_CREATE, 2000, 2000);
	stack(EVENT_CREATE_STACK, 2000, 2000, 0x20, true);
	stack(EVENT_HIT_STACK, 2001, 2000, 0x30, false);
	assert_int_equal(lives.by_stack.used, 3);
	for (uint64_t id = 1; id <= 1000; id++)
		make_plain(&lives, EVENT_DESTROY, 3000, id);
	assert_int_equal(lives.by_stack.used, 2);
	make_plain(&lives, EVENT_DESTROY, 3000, 2000);
	assert_int_equal(lives.by_stack.used, 0);
}

static void the_slowest_keep_theirs(void **state)
{
	struct sums sums;

	(void)state;
	for (uint64_t id = 1; id <= 1000; id++) {
		int64_t time = (int64_t)id * 100;

		make_plain(&lives, EVENT_CREATE, time, id);
		stack(EVENT_CREATE_STACK, time, id, id, false);
		make_begin(&lives, time + 1, id, 1);
		stack(EVENT_EXEC_STACK, time + 1, id, id + 5000, false);
		make_end(&lives, time + 2, id, id, 0);
		make_plain(&lives, EVENT_DESTROY, time + 3, id);
	}
	assert_int_equal(lives.by_stack.used, 6);
	assert_int_equal(lives_finish(&lives), 0);
	assert_int_equal(sums_make(&sums, &lives, any), 0);
	assert_int_equal(sums.slow_count, 3);
	for (uint64_t i = 0; i < 3; i++) {
		const struct lives_stacks *stacks = sums.slow[i]->stacks;
		uint64_t id = 1000 - i;

		assert_int_equal(stacks->of[STACK_CREATED].stack->addrs[1], id);
		assert_int_equal(stacks->of[STACK_FIRST_RUN].stack->addrs[1],
				 id + 5000);
		assert_null(stacks->of[STACK_HIT].stack);
	}
	sums_free(&sums);
}

static void runs_are_told_apart(void **state)
{
	const struct lives_stacks *stacks;

	(void)state;
	make_plain(&lives, EVENT_CREATE, 1, 1);
	make_begin(&lives, 2, 1, 1);
	stack(EVENT_EXEC_STACK, 2, 1, 0x20, false);
	make_end(&lives, 3, 1, 1, -EIO);
	make_begin(&lives, 4, 1, 2);
	stack(EVENT_EXEC_STACK, 4, 1, 0x30, false);
	stacks = stacks_of(1);
	assert_int_equal(stacks->of[STACK_FIRST_RUN].stack->addrs[1], 0x20);
	assert_int_equal(stacks->of[STACK_RUN].stack->addrs[1], 0x30);
	assert_null(stacks->of[STACK_CREATED].stack);
}

/* A stack alone tells of no await, and one of a run that nobody has seen begin
 * is of nobody knows which. */
static void what_is_unknown_has_none(void **state)
{
	(void)state;
	make_plain(&lives, EVENT_CREATE, 1, 1);
	stack(EVENT_CREATE_STACK, 2, 2, 0x20, false);
	assert_int_equal(lives.by_id.used, 1);
	stack(EVENT_EXEC_STACK, 3, 1, 0x20, false);
	assert_int_equal(lives.by_stack.used, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(equal_ones_are_one, setup,
						teardown),
		cmocka_unit_test_setup_teardown(the_slowest_keep_theirs, setup,
						teardown),
		cmocka_unit_test_setup_teardown(runs_are_told_apart, setup,
						teardown),
		cmocka_unit_test_setup_teardown(what_is_unknown_has_none, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
