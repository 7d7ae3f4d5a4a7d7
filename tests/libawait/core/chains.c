/* SPDX-License-Identifier: MIT */
/* Long chains of awaits, each of which holds the next: the last reference to
 * the first ends all of them, on a stack that has room for few. */
#define _GNU_SOURCE
#include "unit.h"

#include "child.h"

#include <pthread.h>

enum { LINKS = 50000, STACK = 256 << 10 };

AWAIT_TYPE(int, int);

/* How many destructors ran, and the numbers of the first. */
static int ended, order[100];

static void note(int number)
{
	if (ended < (int)(sizeof(order) / sizeof(order[0])))
		order[ended] = number;
	ended++;
}

/* --- by arguments --- */

static void drop(await_int *next)
{
	note(0);
	await_unref(next);
}

static int use(int *out, await_int *next, int fails)
{
	*out = next != NULL;
	return fails;
}
AWAITABLE(int, use, (await_int *, next, drop), (int, fails));

static await_int *pending_chain(int links, int fails)
{
	await_int *first = NULL;

	for (int i = 0; i < links; i++)
		first = awaitable(use, first, fails);
	return first;
}

static void drop_pending(void)
{
	await_unref(pending_chain(LINKS, 0));
	CHECK(ended == LINKS);
}

static void drop_failed(void)
{
	await_int *first = NULL;

	for (int i = 0; i < LINKS; i++) {
		first = awaitable(use, first, -EIO);
		CHECK(await_wait(first, NULL) == -EIO);
	}
	await_unref(first);
	CHECK(ended == LINKS);
}

/* The end of the run releases the arguments. */
static void run_the_first(void)
{
	await_int *first = pending_chain(LINKS, 0);

	CHECK(await_get(first) == 1);
	CHECK(ended == LINKS);
	await_unref(first);
}

static void cancel_the_first(void)
{
	await_int *first = pending_chain(LINKS, 0);

	CHECK(await_cancel(first) == 0);
	CHECK(ended == LINKS);
	await_unref(first);
}

/* --- by cancelling --- */

static void cancel(await_int *next)
{
	note(0);
	if (!next)
		return;
	/* Others that wait for it get -ECANCELED. */
	CHECK(await_cancel(next) == 0);
	CHECK(await_state(next) == AWAIT_CANCELLED);
	await_unref(next);
}

static int use_or_cancel(int *out, await_int *next)
{
	*out = next != NULL;
	return 0;
}
AWAITABLE(int, use_or_cancel, (await_int *, next, cancel));

static void cancel_each(void)
{
	await_int *first = NULL;

	for (int i = 0; i < LINKS; i++)
		first = awaitable(use_or_cancel, first);
	CHECK(await_cancel(first) == 0);
	CHECK(ended == LINKS);
	CHECK(await_wait(first, NULL) == -ECANCELED);
	await_unref(first);
}

/* --- by values --- */

struct cell {
	int number;
	struct await_cell *next, *beside;
};
static void cell_end(struct cell *cell);
AWAIT_TYPE(cell, struct cell, cell_end);

static void cell_end(struct cell *cell)
{
	note(cell->number);
	await_unref(cell->beside);
	await_unref(cell->next);
}

static int make_cell(struct cell *out, int number, await_cell *next)
{
	*out = (struct cell){ number, next, NULL };
	return 0;
}
AWAITABLE(cell, make_cell, (int, number), (await_cell *, next));

static await_cell *value_chain(int links)
{
	await_cell *first = NULL;

	for (int i = links; i > 0; i--) {
		const struct cell cell = { i, first, NULL };

		first = await_nowait(cell, cell);
	}
	return first;
}

static void drop_values(void)
{
	await_unref(value_chain(LINKS));
	CHECK(ended == LINKS);
}

static void drop_promises(void)
{
	await_cell *first = NULL;

	for (int i = LINKS; i > 0; i--) {
		const struct cell cell = { i, first, NULL };

		first = await_promise(cell);
		CHECK(await_resolve(first, cell) == 0);
	}
	await_unref(first);
	CHECK(ended == LINKS);
}

static void drop_values_of_functions(void)
{
	await_cell *first = NULL;

	for (int i = LINKS; i > 0; i--) {
		first = awaitable(make_cell, i, first);
		CHECK(await_wait(first, NULL) == 0);
	}
	await_unref(first);
	CHECK(ended == LINKS);
}

/* Each has a sibling, so that what is put off grows. */
static void drop_a_comb(void)
{
	await_cell *first = NULL;

	for (int i = LINKS; i > 0; i--) {
		const struct cell tooth = { 0, value_chain(3), NULL };
		struct cell cell = { i, first, await_nowait(cell, tooth) };

		first = await_nowait(cell, cell);
	}
	await_unref(first);
	CHECK(ended == 5 * LINKS);
}

/* The run's own reference was the last. */
static await_cell *own;
static int drop_own(struct cell *out, await_cell *next)
{
	await_unref(own);
	*out = (struct cell){ 0, next, NULL };
	return 0;
}
AWAITABLE(cell, drop_own, (await_cell *, next));

static void end_with_the_run(void)
{
	own = awaitable(drop_own, value_chain(LINKS));
	CHECK(await_wait(own, NULL) == -ECANCELED);
	CHECK(ended == LINKS + 1);
}

/* --- by parts --- */

AWAITABLE_PART(cell, rest, cell, next->value);

static void drop_parts(void)
{
	await_cell *part = value_chain(2);

	/* Each holds a reference to what it is a part of. */
	for (int i = 0; i < LINKS; i++) {
		await_cell *whole = part;

		part = awaitable(rest, whole);
		await_unref(whole);
	}
	await_unref(part);
	CHECK(ended == 2);
}

/* --- in which order --- */

static void in_order(void)
{
	await_unref(value_chain(40));
	for (int i = 0; i < 40; i++)
		CHECK(order[i] == i + 1);
}

/* All have ended when the outermost unref returns, and those that are not
 * nested deeply when their own does. */
static int ended_within;
static void unref_and_look(await_cell *next)
{
	await_unref(next);
	ended_within = ended;
}

static int look(int *out, await_cell *next)
{
	*out = next != NULL;
	return 0;
}
AWAITABLE(int, look, (await_cell *, next, unref_and_look));

static void before_unref_returns(void)
{
	await_unref(awaitable(look, value_chain(31)));
	CHECK(ended_within == 31);
	ended = 0;
	await_unref(awaitable(look, value_chain(32)));
	CHECK(ended_within == 31 && ended == 32);
}

static const struct mode modes[] = {
	MODE(drop_pending),	    MODE(drop_failed),
	MODE(run_the_first),	    MODE(cancel_the_first),
	MODE(cancel_each),	    MODE(drop_values),
	MODE(drop_promises),	    MODE(drop_values_of_functions),
	MODE(drop_a_comb),	    MODE(end_with_the_run),
	MODE(drop_parts),	    MODE(in_order),
	MODE(before_unref_returns),
};
enum { MODES = sizeof(modes) / sizeof(modes[0]) };

static const char *mode;
static void *run_mode(void *unused)
{
	CHECK(run_named(modes, MODES, mode) == 0);
	return unused;
}

static int on_a_small_stack(const char *which)
{
	pthread_attr_t small;
	pthread_t thread;

	mode = which;
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, STACK);
	CHECK(pthread_create(&thread, &small, run_mode, NULL) == 0);
	pthread_join(thread, NULL);
	return 0;
}

static void run_all(const char *debug)
{
	for (int i = 0; i < MODES; i++) {
		int status = run_again(debug, modes[i].name);

		if (status != 0 || text[0] != '\0')
			fail_msg("%s,%s: %d: %s", debug, modes[i].name, status,
				 text);
	}
}

static void a_chain_of_any_length_can_be_dropped(void **state)
{
	(void)state;
	run_all("");
}

static void with_all_options_too(void **state)
{
	(void)state;
	run_all("check,cycles");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_chain_of_any_length_can_be_dropped),
		cmocka_unit_test(with_all_options_too),
	};

	if (argc > 1)
		return on_a_small_stack(argv[1]);
	alarm(170);
	return cmocka_run_group_tests_name("chains", tests, NULL, NULL);
}
