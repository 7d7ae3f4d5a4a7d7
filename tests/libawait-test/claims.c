/* SPDX-License-Identifier: MIT */
/* Claims of counts, of each of some events, of order, threads, time, leaks. */
#include "failing.h"

static struct build build;
static const struct await_trace *trace;

static int setup(void **state)
{
	(void)state;
	trace = build_page(&build);
	return 0;
}

static struct await_subject named(const char *name)
{
	return await_subject_name(name);
}

static void counts_say_what_happened(void **state)
{
	(void)state;
	HOLDS(await_claim_count(trace, await_begins("fetch"), 1, 1));
	HOLDS(await_claim_count(trace, await_begins("nobody"), 0, 0));
	HOLDS(await_claim_count(trace, NULL, 8, 8));
	FAILS(await_claim_count(trace, await_begins("fetch"), 2, 2),
	      "expected fetch to run 2 times, but it ran once:\n"
	      "  event 2: " EVENT2);
	FAILS(await_claim_count(trace, await_begins("fetch"), 0, 0),
	      "expected fetch never to run, but it ran once:\n"
	      "  event 2: " EVENT2);
	FAILS(await_claim_count(trace, await_created(NULL), 1, 1),
	      "expected any await to be created once, but it was created 2 "
	      "times:\n"
	      "  event 1: " EVENT1 "\n"
	      "  event 5: " EVENT5);
	FAILS(await_claim_count(trace, await_hit((uint64_t)1), 0, 0),
	      "expected #1 never to be hit, but it was hit once:\n"
	      "  event 4: " EVENT4);
}

static void counts_have_bounds(void **state)
{
	(void)state;
	HOLDS(await_claim_count(trace, await_hit(NULL), 0, 1));
	HOLDS(await_claim_count(trace, await_hit(NULL), 1, AWAIT_UNLIMITED));
	FAILS_WITH(await_claim_count(trace, await_created(NULL), 3, 4),
		   "expected any await to be created 3 to 4 times, but it was "
		   "created 2 times:\n");
	FAILS_WITH(await_claim_count(trace, await_created(NULL), 0, 1),
		   "to be created at most once, but");
	FAILS_WITH(await_claim_count(trace, await_created(NULL), 3,
				     AWAIT_UNLIMITED),
		   "to be created at least 3 times, but");
	FAILS(await_claim_count(trace, await_hit(NULL), 2, 1),
	      "no number is at least 2 and at most 1");
}

static void counts_show_the_nearest(void **state)
{
	(void)state;
	FAILS(await_claim_count(trace, await_ran("render"), 1, 1),
	      "expected render to run to a value once, but it never ran to a "
	      "value\n"
	      "  nearest, event 7 of 8: " EVENT7 "\n"
	      "    (failed, not ran)");
	FAILS(await_claim_count(
		      trace,
		      await_all_of(await_hit("fetch"), await_from("show")), 1,
		      1),
	      "expected hit fetch, from show to happen once, but it never did\n"
	      "  nearest, event 4 of 8: " EVENT4 "\n"
	      "    (from main, not show)");
	FAILS(await_claim_count(trace, await_cancelled(NULL), 1, 1),
	      "expected any await to be cancelled once, but it never was "
	      "cancelled");
}

static void counts_know_names_alike(void **state)
{
	(void)state;
	FAILS(await_claim_count(trace, await_hit("renderfetch"), 1, 1),
	      "expected renderfetch to be hit once, but it never was hit\n"
	      "  nearest, event 4 of 8: " EVENT4 "\n"
	      "    (fetch, not renderfetch)\n"
	      "  no event of the trace is of renderfetch; there are "
	      "render, fetch");
	FAILS(await_claim_count(trace, await_blocks((uint64_t)1), 1, 1),
	      "expected #1 to block a wait once, but it never blocked a wait\n"
	      "  nearest, event 1 of 8: " EVENT1 "\n"
	      "    (created, not blocks)");
	FAILS(await_claim_count(trace, await_blocks((uint64_t)77), 1, 1),
	      "expected #77 to block a wait once, but it never blocked a wait\n"
	      "  no event of the trace is of #77");
}

static void counts_show_ten(void **state)
{
	(void)state;
	for (int i = 0; i < 12; i++)
		build_event(&build, AWAIT_EVENT_HIT, AWAIT_RESOLVED,
			    &fetch_site, 1);
	FAILS_WITH(await_claim_count(trace, await_hit("fetch"), 1, 1),
		   "it was hit 13 times:\n"
		   "  event 4: " EVENT4 "\n"
		   "  event 9: ");
	FAILS_WITH(await_claim_count(trace, await_hit("fetch"), 1, 1),
		   "  event 17: hit fetch #1 by show at page.c:33 on T1 "
		   "(4711)\n"
		   "  ... and 3 more");
}

static void each_of_some_is_something(void **state)
{
	(void)state;
	HOLDS(await_claim_each(trace, await_created("fetch"),
			       await_made_at("page.c", 31)));
	HOLDS(await_claim_each(trace, await_any_event("render"),
			       await_made_at("view.c", 0)));
	FAILS(await_claim_each(trace, await_any_event("render"),
			       await_all_of(await_inside("fetch"),
					    await_on_thread(4712))),
	      "expected each event that matches any event of render to be "
	      "inside fetch, on thread 4712, but 3 of 3 are not:\n"
	      "  event 5: " EVENT5 "\n"
	      "    (on T1 (4711), not on thread 4712)\n"
	      "  event 6: " EVENT6 "\n"
	      "    (in no await, not inside fetch)\n"
	      "  event 7: " EVENT7 "\n"
	      "    (in no await, not inside fetch)");
	FAILS(await_claim_each(trace, await_created(NULL),
			       await_made_at("page.c", 31)),
	      "expected each event that matches created any await to be made "
	      "at page.c:31, but 1 of 2 is not:\n"
	      "  event 5: " EVENT5 "\n"
	      "    (made at view.c:7, not made at page.c:31)");
	FAILS(await_claim_each(trace, await_blocks("render"),
			       await_made_at("view.c", 7)),
	      "expected each event that matches blocks render to be made at "
	      "view.c:7, but there is none\n"
	      "  nearest, event 5 of 8: " EVENT5 "\n"
	      "    (created, not blocks)");
}

static void first_waits_come_from_functions(void **state)
{
	(void)state;
	HOLDS(await_claim_first_wait(trace, named("fetch"), "show"));
	FAILS(await_claim_first_wait(trace, named("fetch"), "main"),
	      "expected the first wait for each fetch to come from main, but:\n"
	      "  > event 2: " EVENT2 "\n"
	      "    (from show, not main)");
	FAILS(await_claim_first_wait(trace, named("nobody"), "show"),
	      "expected the first wait for each nobody to come from show, but "
	      "there is no wait\n"
	      "  no event of the trace is of nobody; there are fetch, render");
	/* An await that was resolved before is hit first. */
	build_event(&build, AWAIT_EVENT_HIT, AWAIT_RESOLVED, &fetch_site, 8)
		->addr = SHOW(35);
	HOLDS(await_claim_first_wait(trace, await_subject_id(8), "show"));
	/* Of each await its own first. */
	build_event(&build, AWAIT_EVENT_BLOCK_BEGIN, AWAIT_RUNNING, &fetch_site,
		    9)
		->addr = 0x7000;
	FAILS(await_claim_first_wait(trace, named("fetch"), "show"),
	      "expected the first wait for each fetch to come from show, but:\n"
	      "  > event 10: blocks fetch #9 on T1 (4711)\n"
	      "    (from 0x7000 (of no known function), not show)");
	FAILS_WITH(await_claim_first_wait(trace, named("fetch"), NULL),
		   "name is NULL");
}

static void all_of_one_is_before_the_other(void **state)
{
	(void)state;
	HOLDS(await_claim_before(trace, await_created(NULL),
				 await_begins("render")));
	FAILS(await_claim_before(trace, await_destroyed("fetch"),
				 await_begins("render")),
	      "expected every destroyed fetch before any begins render, but:\n"
	      "    event 6: " EVENT6 "\n"
	      "  > event 8: " EVENT8);
	/* The last of the first, the first of the others. */
	FAILS_WITH(await_claim_before(trace, await_created(NULL),
				      await_any_event("fetch")),
		   "event 1: " EVENT1 "\n  > event 5: " EVENT5);
	FAILS(await_claim_before(trace, await_created("fetch"),
				 await_cancelled("render")),
	      "expected every created fetch before any cancelled render, but "
	      "there is no cancelled render\n"
	      "  nearest, event 5 of 8: " EVENT5 "\n"
	      "    (created, not cancelled)");
	FAILS_WITH(await_claim_before(trace, await_cancelled("render"),
				      await_created("fetch")),
		   "but there is no cancelled render\n");
	FAILS_WITH(await_claim_before(trace, await_hit("fetch"),
				      await_hit("fetch")),
		   "event 4: " EVENT4 "\n  > event 4: " EVENT4);
}

static void threads_are_counted(void **state)
{
	(void)state;
	HOLDS(await_claim_threads(trace, await_begins(NULL), 2));
	HOLDS(await_claim_threads(trace, await_any_event("fetch"), 1));
	HOLDS(await_claim_threads(trace, await_cancelled(NULL), 0));
	FAILS(await_claim_threads(trace, await_begins(NULL), 1),
	      "expected the events that match begins any await on 1 thread, "
	      "but they are on 2:\n"
	      "  T1 (4711): 1 event, first event 2: " EVENT2 "\n"
	      "  T2 (4712): 1 event, first event 6: " EVENT6);
	FAILS_WITH(await_claim_threads(trace, await_any_event("render"), 1),
		   "  T2 (4712): 2 events, first event 6: ");
	FAILS(await_claim_threads(trace, await_cancelled(NULL), 1),
	      "expected the events that match cancelled any await on 1 thread, "
	      "but they are on 0");
}

static void many_threads_are_cut(void **state)
{
	(void)state;
	for (uint32_t thread = 1; thread <= 12; thread++)
		build_event(&build, AWAIT_EVENT_CANCEL, AWAIT_CANCELLED,
			    &fetch_site, 1)
			->thread = thread;
	HOLDS(await_claim_threads(trace, await_cancelled(NULL), 12));
	FAILS_WITH(await_claim_threads(trace, await_cancelled(NULL), 1),
		   "  T12 (10): 1 event, first event 18: cancelled fetch #1 by "
		   "show at page.c:33 on T12 (10)\n"
		   "  ... and 2 more");
}

static void runs_take_time(void **state)
{
	(void)state;
	HOLDS(await_claim_took(trace, named("fetch"), 500, 500));
	HOLDS(await_claim_took(trace, await_subject_handle(NULL), 500, 700));
	FAILS(await_claim_took(trace, named("fetch"), 501, 600),
	      "expected each run of fetch to take from 501 to 600 ns, but:\n"
	      "  > 500 ns: event 3: " EVENT3);
	FAILS(await_claim_took(trace, await_subject_handle(NULL), 0, 699),
	      "expected each run of any await to take from 0 to 699 ns, but:\n"
	      "  > 700 ns: event 7: " EVENT7);
	FAILS_WITH(await_claim_took(trace, named("nobody"), 0, 9),
		   "expected runs of nobody that can be timed, but none ended");
	FAILS(await_claim_took(trace, named("fetch"), 2, 1),
	      "no time is at least 2 and at most 1 ns");
}

static void leaks_are_grouped_by_site(void **state)
{
	(void)state;
	FAILS(await_claim_no_leak(trace),
	      "expected no leak, but 1 of the 2 awaits that were created was "
	      "not destroyed:\n"
	      "  1 render created at view.c:7 in main: #2.1");
	build_event(&build, AWAIT_EVENT_DESTROY, AWAIT_FAILED, &render_site,
		    2 + (1ull << 32));
	HOLDS(await_claim_no_leak(trace));
	for (uint64_t id = 10; id < 20; id++) {
		build_event(&build, AWAIT_EVENT_CREATE, AWAIT_PENDING,
			    &fetch_site, id);
		build_event(&build, AWAIT_EVENT_CREATE, AWAIT_PENDING,
			    &render_site, id + 10);
	}
	build_event(&build, AWAIT_EVENT_DESTROY, AWAIT_FAILED, &render_site,
		    20);
	/* Created before the trace, so not its leak. */
	build_event(&build, AWAIT_EVENT_HIT, AWAIT_RESOLVED, &fetch_site, 99);
	FAILS(await_claim_no_leak(trace),
	      "expected no leak, but 19 of the 22 awaits that were created "
	      "were not destroyed:\n"
	      "  10 fetch created at page.c:31 in show: "
	      "#10, #11, #12, #13, #14, #15, #16, #17, ...\n"
	      "  9 render created at view.c:7 in main: "
	      "#21, #22, #23, #24, #25, #26, #27, #28, ...");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(counts_say_what_happened, setup),
		cmocka_unit_test_setup(counts_have_bounds, setup),
		cmocka_unit_test_setup(counts_show_the_nearest, setup),
		cmocka_unit_test_setup(counts_know_names_alike, setup),
		cmocka_unit_test_setup(counts_show_ten, setup),
		cmocka_unit_test_setup(each_of_some_is_something, setup),
		cmocka_unit_test_setup(first_waits_come_from_functions, setup),
		cmocka_unit_test_setup(all_of_one_is_before_the_other, setup),
		cmocka_unit_test_setup(threads_are_counted, setup),
		cmocka_unit_test_setup(many_threads_are_cut, setup),
		cmocka_unit_test_setup(runs_take_time, setup),
		cmocka_unit_test_setup(leaks_are_grouped_by_site, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
