/* SPDX-License-Identifier: MIT */
/* Claims that cannot be made, each with one line that says why. */
#include "failing.h"

static struct build build;
static const struct await_trace *trace;

static int setup(void **state)
{
	(void)state;
	trace = build_page(&build);
	return 0;
}

static const struct await_match *many(int count)
{
	const struct await_match *match = await_hit("fetch");

	for (int i = 1; i < count; i++)
		match = await_any_of(await_cancelled("x"), match);
	return match;
}

static void hundreds_fit(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++) {
		HOLDS(await_claim_count(trace, many(200), 1, 1));
		FAILS(await_claim_count(trace, many(2000), 1, 1),
		      "more than 1024 matchers in one assertion: use fewer, or "
		      "split it");
	}
	FAILS_WITH(
		await_claim_list(trace, AWAIT_SEQUENCE, NULL, LIST(many(600))),
		"more than 1024 matchers");
}

static void matchers_are_not_stored(void **state)
{
	const struct await_match *match = await_hit("fetch");

	(void)state;
	HOLDS(await_claim_count(trace, match, 1, 1));
	FAILS(await_claim_count(trace, match, 1, 1),
	      "a matcher was kept from an earlier assertion: build it anew "
	      "where it is used");
	FAILS_WITH(await_claim_list(
			   trace, AWAIT_SUBSEQUENCE, NULL,
			   LIST(await_created("fetch"), await_all_of(match))),
		   "a matcher was kept");
	FAILS_WITH(await_claim_list(trace, AWAIT_SEQUENCE, match, NULL),
		   "a matcher was kept");
}

/* Every claim fails with this text. */
static void none_holds(const struct await_trace *bad, const char *text)
{
	FAILS(await_claim_list(bad, AWAIT_SEQUENCE, NULL, NULL), text);
	FAILS(await_claim_list(bad, AWAIT_SUBSEQUENCE, NULL, NULL), text);
	FAILS(await_claim_list(bad, AWAIT_ANY_ORDER, NULL, NULL), text);
	FAILS(await_claim_count(bad, await_hit("x"), 0, 0), text);
	FAILS(await_claim_each(bad, await_hit("x"), NULL), text);
	FAILS(await_claim_first_wait(bad, await_subject_name("x"), "y"), text);
	FAILS(await_claim_before(bad, await_hit("x"), await_hit("y")), text);
	FAILS(await_claim_threads(bad, await_hit("x"), 0), text);
	FAILS(await_claim_took(bad, await_subject_name("x"), 0, 1), text);
	FAILS(await_claim_nothing_lost(bad), text);
	FAILS(await_claim_no_leak(bad), text);
	FAILS(await_claim_golden(bad, NULL, "/nowhere"), text);
}

static void no_trace_has_no_claims(void **state)
{
	(void)state;
	none_holds(NULL, "no trace: was await_trace_end() called without "
			 "await_trace_begin(), or did loading fail?");
	assert_int_equal(await_trace_count(NULL), 0);
	assert_int_equal(await_trace_lost(NULL), 0);
	assert_null(await_trace_text(NULL, NULL));
}

static void a_trace_that_lost_events_has_no_claims(void **state)
{
	(void)state;
	HOLDS(await_claim_nothing_lost(trace));
	build.trace.lost = 3;
	none_holds(trace,
		   "the trace lost 3 events and has 8: give "
		   "await_trace_begin() more room (options.events), or LTTng "
		   "larger buffers");
	assert_int_equal(await_trace_lost(trace), 3);
}

static void names_that_are_null_are_reported(void **state)
{
	const char *name = NULL;

	(void)state;
	FAILS(await_claim_count(trace, await_hit(name), 0, 0),
	      "a function's name is NULL");
	FAILS(await_claim_count(trace, await_from(name), 0, 0),
	      "a file's or function's name is NULL");
	FAILS(await_claim_count(trace, await_all_of(await_made_at(name, 3)), 0,
				0),
	      "a file's or function's name is NULL");
	FAILS(await_claim_count(trace, await_where(NULL, NULL, "x"), 0, 0),
	      "await_where() without a function");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(hundreds_fit, setup),
		cmocka_unit_test_setup(matchers_are_not_stored, setup),
		cmocka_unit_test_setup(no_trace_has_no_claims, setup),
		cmocka_unit_test_setup(a_trace_that_lost_events_has_no_claims,
				       setup),
		cmocka_unit_test_setup(names_that_are_null_are_reported, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
