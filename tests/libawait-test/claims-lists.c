/* SPDX-License-Identifier: MIT */
/* Sequences, subsequences and any order: side by side, the difference marked.
 */
#include "failing.h"

static struct build build;
static const struct await_trace *trace;

static int setup(void **state)
{
	(void)state;
	trace = build_page(&build);
	return 0;
}

#define CLAIM(order, filter, ...)                                              \
	await_claim_list(trace, AWAIT_##order, filter, LIST(__VA_ARGS__))

static void a_sequence_is_all_there_is(void **state)
{
	(void)state;
	HOLDS(CLAIM(SEQUENCE, NULL, await_created("fetch"),
		    await_begins("fetch"), await_ran("fetch"),
		    await_hit("fetch"), await_created("render"),
		    await_begins("render"), await_failed("render"),
		    await_destroyed("fetch")));
	HOLDS(CLAIM(SEQUENCE, await_any_event("render"), await_created(NULL),
		    await_begins(NULL), await_ends(NULL)));
	HOLDS(await_claim_list(trace, AWAIT_SEQUENCE, await_cancelled(NULL),
			       NULL));
	FAILS(CLAIM(SEQUENCE, NULL, await_created("fetch"),
		    await_begins("fetch"), await_failed("fetch"),
		    await_hit("fetch"), await_created("render"),
		    await_begins("render"), await_destroyed("fetch"),
		    await_hit("x")),
	      "expected exactly 8 events, but not these:\n"
	      "    expected         happened\n"
	      "    created fetch    " EVENT1 "\n"
	      "    begins fetch     " EVENT2 "\n"
	      "  > failed fetch     " EVENT3 "\n"
	      "    hit fetch        " EVENT4 "\n"
	      "    created render   " EVENT5 "\n"
	      "    begins render    " EVENT6 "\n"
	      "  > (nothing)        " EVENT7 "\n"
	      "    destroyed fetch  " EVENT8 "\n"
	      "  > hit x            (nothing)\n"
	      "  no event of the trace is of x; there are fetch, render");
}

static void pairs_that_are_near_stand_side_by_side(void **state)
{
	(void)state;
	FAILS(CLAIM(SEQUENCE,
		    await_any_of(await_begins("fetch"), await_ends("render")),
		    await_hit("fetch"), await_hit("x"), await_hit("x"),
		    await_ran("render")),
	      "expected exactly 4 events among those that match (begins fetch "
	      "or ends render), but there were 2:\n"
	      "    expected    happened\n"
	      "  > hit fetch   " EVENT2 "\n"
	      "  > hit x       (nothing)\n"
	      "  > hit x       (nothing)\n"
	      "  > ran render  " EVENT7 "\n"
	      "  no event of the trace is of x; there are fetch, render");
}

static void a_sequence_has_neither_more_nor_less(void **state)
{
	(void)state;
	FAILS(CLAIM(SEQUENCE, await_hit(NULL), await_hit("fetch"),
		    await_hit("fetch")),
	      "expected exactly 2 events among those that match hit any await, "
	      "but there was 1:\n"
	      "    expected   happened\n"
	      "    hit fetch  " EVENT4 "\n"
	      "  > hit fetch  (nothing)");
	FAILS(CLAIM(SEQUENCE, await_created(NULL), await_created("render")),
	      "expected exactly 1 event among those that match created any "
	      "await, but there were 2:\n"
	      "    expected        happened\n"
	      "  > (nothing)       " EVENT1 "\n"
	      "    created render  " EVENT5);
	FAILS(await_claim_list(trace, AWAIT_SEQUENCE, await_hit(NULL), NULL),
	      "expected nothing among those that match hit any await, but "
	      "there was 1:\n"
	      "    expected   happened\n"
	      "  > (nothing)  " EVENT4);
	FAILS(CLAIM(SEQUENCE, await_cancelled(NULL), await_cancelled(NULL)),
	      "expected exactly 1 event among those that match cancelled any "
	      "await, but nothing happened:\n"
	      "    expected             happened\n"
	      "  > cancelled any await  (nothing)");
}

/* One hit among 200, at 100 a run. */
static void long_ones_are_cut(void **state)
{
	const struct await_match *hits[201] = { NULL };

	(void)state;
	build = (struct build){ 0 };
	for (int i = 0; i < 200; i++) {
		build_event(&build,
			    i == 100 ? AWAIT_EVENT_EXEC_BEGIN : AWAIT_EVENT_HIT,
			    AWAIT_RESOLVED, &fetch_site, 1);
		hits[i] = await_hit("fetch");
	}
	FAILS(await_claim_list(trace, AWAIT_SEQUENCE, NULL, hits),
	      "expected exactly 200 events, but not these:\n"
	      "    expected   happened\n"
	      "    ... 97 events as expected\n"
	      "    hit fetch  hit fetch #1 by show at page.c:33 on T1 (4711)\n"
	      "    hit fetch  hit fetch #1 by show at page.c:33 on T1 (4711)\n"
	      "    hit fetch  hit fetch #1 by show at page.c:33 on T1 (4711)\n"
	      "  > hit fetch  " EVENT2 "\n"
	      "    hit fetch  hit fetch #1 by show at page.c:33 on T1 (4711)\n"
	      "    hit fetch  hit fetch #1 by show at page.c:33 on T1 (4711)\n"
	      "    hit fetch  hit fetch #1 by show at page.c:33 on T1 (4711)\n"
	      "    ... 96 events as expected");
	FAILS_WITH(await_claim_list(trace, AWAIT_SEQUENCE, NULL, NULL),
		   "\n    ... 160 more rows");
}

/* More than the table of alignments has room for. */
static void huge_ones_end(void **state)
{
	enum { MANY = 1000000 };
	struct record *records = calloc(MANY, sizeof(*records));
	const struct await_trace huge = { .records = records, .count = MANY };
	const struct await_match *list[12] = { NULL };

	(void)state;
	assert_non_null(records);
	for (size_t i = 0; i < MANY; i++)
		records[i] = build.records[i == 5 ? 1 : 3];
	/* Nothing agrees at the ends. */
	for (int i = 0; i < 11; i++)
		list[i] = i % 10 == 0 ? await_cancelled("render") :
					await_hit("fetch");
	FAILS_WITH(await_claim_list(&huge, AWAIT_SEQUENCE, NULL, list),
		   "\n    ... the rest was not compared");
	for (int i = 0; i < 11; i++)
		list[i] = await_hit("fetch");
	FAILS_WITH(await_claim_list(&huge, AWAIT_ANY_ORDER, NULL, list),
		   "but 0 did not happen and 999989 others did:\n"
		   "  > not expected: event 6: ");
	free(records);
}

static void large_orders_are_matched(void **state)
{
	enum { MANY = 1500 };
	struct record *records = calloc(MANY, sizeof(*records));
	const struct await_match **list = calloc(MANY + 1, sizeof(*list));
	const struct await_trace large = { .records = records, .count = MANY };

	(void)state;
	assert_true(records && list);
	/* list[0] has to leave the only event that list[2] matches. */
	list[0] = await_any_event(NULL);
	list[1] = await_hit("fetch");
	list[2] = await_begins("fetch");
	for (size_t i = 0; i < MANY; i++) {
		records[i] = build.records[i == 0 ? 1 : 3];
		list[i] = list[i > 2 ? 1 : i];
	}
	HOLDS(await_claim_list(&large, AWAIT_ANY_ORDER, NULL, list));
	free(list);
	free(records);
}

/* Two differences far apart: the table ends between them. */
static void cut_ones_end_where_they_are_cut(void **state)
{
	enum { MANY = 5000 };
	struct record *records = calloc(MANY, sizeof(*records));
	const struct await_match **list = calloc(MANY + 1, sizeof(*list));
	const struct await_trace large = { .records = records, .count = MANY };

	(void)state;
	assert_true(records && list);
	list[0] = await_hit("fetch");
	for (size_t i = 0; i < MANY; i++) {
		records[i] = build.records[i == 0 || i == MANY - 9 ? 1 : 3];
		list[i] = list[0];
	}
	FAILS(await_claim_list(&large, AWAIT_SEQUENCE, NULL, list),
	      "expected exactly 5000 events, but not these:\n"
	      "    expected   happened\n"
	      "  > hit fetch  " EVENT2 "\n"
	      "    hit fetch  " EVENT4 "\n"
	      "    hit fetch  " EVENT4 "\n"
	      "    hit fetch  " EVENT4 "\n"
	      "    ... 2043 events as expected\n"
	      "    ... the rest was not compared");
	free(list);
	free(records);
}

static void a_subsequence_leaves_out(void **state)
{
	(void)state;
	HOLDS(CLAIM(SUBSEQUENCE, NULL, await_ran("fetch"),
		    await_failed("render")));
	HOLDS(CLAIM(SUBSEQUENCE, NULL, await_any_event(NULL),
		    await_any_event("fetch"), await_destroyed(NULL)));
	/* One event is not two. */
	FAILS(CLAIM(SUBSEQUENCE, NULL, await_hit("fetch"), await_hit("fetch")),
	      "expected 2 events in this order, but only the first 1 "
	      "happened:\n"
	      "    hit fetch: event 4: " EVENT4 "\n"
	      "  > hit fetch: not after that\n"
	      "  it happened earlier, as event 4: " EVENT4);
	FAILS(CLAIM(SUBSEQUENCE, NULL, await_created("fetch"),
		    await_ran("render"), await_hit("fetch")),
	      "expected 3 events in this order, but only the first 1 "
	      "happened:\n"
	      "    created fetch: event 1: " EVENT1 "\n"
	      "  > ran render: not after that\n"
	      "    ... and 1 more\n"
	      "  nearest, event 7 of 8: " EVENT7 "\n"
	      "    (failed, not ran)");
	FAILS_WITH(CLAIM(SUBSEQUENCE, NULL, await_hit("fetch"),
			 await_ran("fetch")),
		   "  > ran fetch: not after that\n"
		   "  it happened earlier, as event 3: " EVENT3);
	for (int i = 0; i < 12; i++)
		build_event(&build, AWAIT_EVENT_HIT, AWAIT_RESOLVED,
			    &fetch_site, 1);
#define HIT3 await_hit("fetch"), await_hit("fetch"), await_hit("fetch")
	FAILS_WITH(CLAIM(SUBSEQUENCE, NULL, HIT3, HIT3, HIT3, HIT3, HIT3),
		   "but only the first 13 happened:\n"
		   "    ... 3 events as expected\n"
		   "    hit fetch: event 11: ");
	/* The nearest event is searched for after those that were found. */
	FAILS_WITH(CLAIM(SUBSEQUENCE, NULL, await_hit("fetch"),
			 await_cancelled("fetch")),
		   "nearest, event 8 of 20: " EVENT8);
}

static void any_order_is_fair(void **state)
{
	(void)state;
	/* The first matcher could take what only the second can. */
	HOLDS(CLAIM(ANY_ORDER, await_created(NULL), await_created(NULL),
		    await_created("fetch")));
	HOLDS(CLAIM(ANY_ORDER, await_any_event("render"), await_ends(NULL),
		    await_any_event(NULL), await_created("render")));
	FAILS(CLAIM(ANY_ORDER, await_any_event("fetch"), await_hit("fetch"),
		    await_any_event("fetch"), await_created(NULL),
		    await_failed(NULL), await_failed("fetch")),
	      "expected 5 events in any order among those that match any event "
	      "of fetch, but 2 did not happen and 2 others did:\n"
	      "  > expected, did not happen: failed any await\n"
	      "    nearest, event 3: ran, not failed\n"
	      "  > expected, did not happen: failed fetch\n"
	      "    nearest, event 3: ran, not failed\n"
	      "  > not expected: event 3: " EVENT3 "\n"
	      "  > not expected: event 8: " EVENT8);
	FAILS(CLAIM(ANY_ORDER, await_created(NULL), await_created("fetch"),
		    await_created("fetch")),
	      "expected 2 events in any order among those that match created "
	      "any await, but 1 did not happen and 1 others did:\n"
	      "  > expected, did not happen: created fetch\n"
	      "    nearest, event 5: render, not fetch\n"
	      "  > not expected: event 5: " EVENT5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_sequence_is_all_there_is, setup),
		cmocka_unit_test_setup(pairs_that_are_near_stand_side_by_side,
				       setup),
		cmocka_unit_test_setup(a_sequence_has_neither_more_nor_less,
				       setup),
		cmocka_unit_test_setup(long_ones_are_cut, setup),
		cmocka_unit_test_setup(huge_ones_end, setup),
		cmocka_unit_test_setup(large_orders_are_matched, setup),
		cmocka_unit_test_setup(cut_ones_end_where_they_are_cut, setup),
		cmocka_unit_test_setup(a_subsequence_leaves_out, setup),
		cmocka_unit_test_setup(any_order_is_fair, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
