/* SPDX-License-Identifier: MIT */
/* LIBAWAIT_DEBUG=leaks: awaits that refer to one another are reported as
 * cycles, each once. */
#define _GNU_SOURCE
#include "refcycles.h"

struct box {
	char text[16];
	void *inside;
};
AWAIT_TYPE(box, struct box);

/* Makes a chain of awaits, the first of which refers to first. */
static await_int *chain_from(void *first, int length)
{
	await_int *aw = NULL;

	for (int i = 0; i < length; i++) {
		aw = awaitable(use, first);
		first = aw;
	}
	return aw;
}

static void a_promise_is_its_own_value(void)
{
	await_ptr *aw = await_promise(ptr);

	await_resolve(aw, aw);
}

enum { TWO_LINE = __LINE__ + 3 };
static void two_refer_to_each_other(void)
{
	await_ptr *aw = await_promise(ptr);
	await_int *user = awaitable(use, aw);

	await_resolve(aw, user);
}

static void three_refer_in_turn(void)
{
	await_ptr *aw = await_promise(ptr);

	await_resolve(aw, chain_from(aw, 2));
}

static void a_context_holds_its_await(void)
{
	void **ctx = context();

	ctx[60] = awaitable(use, ctx);
}

static void a_context_holds_the_second_await(void)
{
	void **ctx = context();
	await_int *first = awaitable(use, ctx);

	ctx[0] = awaitable(use, first);
}

static void a_failed_await_still_refers(void)
{
	await_ptr *aw = await_promise(ptr);
	await_int *user = awaitable(refuse, aw);

	await_wait(user, NULL);
	await_resolve(aw, user);
}

static void a_value_contains_its_await(void)
{
	await_box *aw = await_promise(box);
	struct box box = { .inside = aw };

	await_resolve(aw, box);
}

static void the_same_reference_stands_four_times(void)
{
	void **ctx = context();
	await_int *aw;

	/* The same reference in four ways. */
	aw = awaitable(three, ctx, ctx, context());
	ctx[0] = aw;
	ctx[1] = aw;
	((void **)kept[1])[0] = aw;
}

static void a_context_stands_before_the_handle(void)
{
	void **ctx = context();
	await_ptr *aw = await_promise(ptr);

	ctx[0] = aw;
	await_resolve(aw, awaitable(two, ctx, aw));
}

/* The last word of a block, and the last one of a larger block to be read. */
static void the_last_word_read_is_a_handle(void)
{
	void **small = keep(malloc(24)), **large = context();

	small[2] = awaitable(use, small);
	large[63] = awaitable(use, large);
}

/* The first await refers to the cycle, from outside, and not to its oldest. */
static void a_tail_leads_into_a_cycle(void)
{
	void **ctx = context(), **other = context();
	await_ptr *aw;

	(void)awaitable(use, ctx);
	aw = await_promise(ptr);
	other[0] = aw;
	ctx[0] = awaitable(use, other);
	await_resolve(aw, ctx[0]);
}

static void there_are_25_cycles(void)
{
	for (int i = 0; i < 25; i++) {
		void **ctx = context();

		ctx[i] = awaitable(use, ctx);
	}
}

static void two_cycles_share_a_promise(void)
{
	/* p -> a, b -> p: two cycles with one promise. */
	void **ctx = context();
	await_ptr *aw = await_promise(ptr);

	ctx[0] = awaitable(use, aw);
	ctx[1] = awaitable(use, aw);
	await_resolve(aw, ctx);
}

static int length = 100000;

static void a_ring_is_long(void)
{
	await_ptr *aw = await_promise(ptr);

	await_resolve(aw, chain_from(aw, length - 1));
}

static void a_chain_is_long(void)
{
	chain_from(NULL, length);
}

static const struct mode modes[] = {
	MODE(a_promise_is_its_own_value),
	MODE(two_refer_to_each_other),
	MODE(three_refer_in_turn),
	MODE(a_context_holds_its_await),
	MODE(a_context_holds_the_second_await),
	MODE(a_failed_await_still_refers),
	MODE(a_value_contains_its_await),
	MODE(the_same_reference_stands_four_times),
	MODE(a_context_stands_before_the_handle),
	MODE(the_last_word_read_is_a_handle),
	MODE(a_tail_leads_into_a_cycle),
	MODE(there_are_25_cycles),
	MODE(two_cycles_share_a_promise),
	MODE(a_ring_is_long),
	MODE(a_chain_is_long),
};

/* --- tests --- */

#define AT "created refcycles_found.c:~"
#define PROMISE " ptr promise " AT
#define USE " int use " AT

/* The only cycle in the text. */
static void expect_cycle(const char *members)
{
	char want[300];

	snprintf(want, sizeof(want), "\nawait: cycle: %s\n", members);
	expect(want);
	assert_int_equal(cycles(), 1);
}

static void awaits_that_refer_to_one_another_are_a_cycle(void **state)
{
	char want[200];

	(void)state;
	report_of("a_promise_is_its_own_value");
	expect_cycle("#1" PROMISE " -> #1");
	report_of("two_refer_to_each_other");
	snprintf(want, sizeof(want),
		 "await: cycle: #1 ptr promise created refcycles_found.c:%d -> "
		 "#2 int use created refcycles_found.c:%d -> #1\n",
		 TWO_LINE, TWO_LINE + 1);
	expect(want);
	report_of("three_refer_in_turn");
	/* The chain grows from the promise: it refers to the last. */
	expect_cycle("#1" PROMISE " -> #3" USE " -> #2" USE " -> #1");
	report_of("a_failed_await_still_refers");
	expect_cycle("#1" PROMISE " -> #2 int refuse " AT " -> #1");
	report_of("a_value_contains_its_await");
	expect_cycle("#1 box promise " AT " -> #1");
}

static void fn_await_cycle(void **state)
{
	(void)state;
	report_of("a_context_holds_its_await");
	expect_cycle("#1" USE " -> (through memory) #1");
	report_of("a_context_holds_the_second_await");
	expect_cycle("#1" USE " -> (through memory) #2" USE " -> #1");
	report_of("the_last_word_read_is_a_handle");
	assert_int_equal(cycles(), 2);
	report_of("a_tail_leads_into_a_cycle");
	expect_cycle("#2" PROMISE " -> #3" USE " -> (through memory) #2");
}

static void each_cycle_is_reported_once(void **state)
{
	(void)state;
	report_of("the_same_reference_stands_four_times");
	expect_cycle("#1 int three " AT " -> (through memory) #1");
	report_of("a_context_stands_before_the_handle");
	assert_int_equal(cycles(), 1);
	assert_null(strstr(text, "through"));
	report_of("two_cycles_share_a_promise");
	assert_int_equal(cycles(), 2);
	report_of("there_are_25_cycles");
	assert_int_equal(cycles(), 20);
	assert_non_null(strstr(text, "await: 5 more cycles\n"));
}

static void a_long_ring_is_a_cycle_and_a_long_chain_none(void **state)
{
	(void)state;
	report_of("a_chain_is_long");
	assert_int_equal(cycles(), 0);
	expect("100000 int use ");
	report_of("a_ring_is_long");
	assert_int_equal(cycles(), 1);
	assert_non_null(strstr(text, " -> 99900 more -> #1\n"));
	assert_null(strstr(text, "..."));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(awaits_that_refer_to_one_another_are_a_cycle),
		cmocka_unit_test(fn_await_cycle),
		cmocka_unit_test(each_cycle_is_reported_once),
		cmocka_unit_test(a_long_ring_is_a_cycle_and_a_long_chain_none),
	};

	if (argc > 2)
		length = atoi(argv[2]);
	if (argc > 1)
		return run_named(modes, sizeof(modes) / sizeof(modes[0]),
				 argv[1]);
	alarm(120);
	return cmocka_run_group_tests_name("refcycles_found", tests, NULL,
					   NULL);
}
