/* SPDX-License-Identifier: MIT */
/* What a recording of this process knows beside its events: names of single
 * awaits, who made a run, and which awaits an AWAIT_STATIC holds. */
#include "recorder.h"

#include <await/inspect.h>

AWAIT_STATIC(config, leaf, 3);

static const char *golden(const struct await_trace *trace,
			  const struct await_match *filter)
{
	static char copy[1000];
	char *text = await_trace_text(trace, filter);

	assert_non_null(text);
	assert_true(strlen(text) < sizeof(copy));
	strcpy(copy, text);
	free(text);
	return copy;
}

static int nest(int *out, await_int *inner)
{
	await_name(inner, "inner");
	return await_wait(inner, out);
}
AWAITABLE(int, nest, (await_int *, inner));

static void names_are_in_texts(void **state)
{
	await_int *before = awaitable(leaf, 1), *between = awaitable(leaf, 2),
		  *outer = awaitable(nest, between);
	const struct await_trace *trace;
	const char *text;

	(void)state;
	await_name(before, "before \"all\"");
	assert_int_equal(await_trace_begin(NULL), 0);
	assert_int_equal(await_trace_count(await_trace_end()), 0);
	await_name(outer, "outer");
	assert_int_equal(await_trace_begin(NULL), 0);
	await_get(before);
	await_get(outer);
	trace = await_trace_end();
	assert_string_equal(golden(trace, NULL),
			    "begins leaf #1 \"before \\\"all\\\"\" on T1\n"
			    "ran leaf #1 \"before \\\"all\\\"\" on T1\n"
			    "begins nest #2 \"outer\" on T1\n"
			    "named leaf #3 \"inner\" in #2 \"outer\" on T1\n"
			    "begins leaf #3 \"inner\" in #2 \"outer\" on T1\n"
			    "ran leaf #3 \"inner\" in #2 \"outer\" on T1\n"
			    "ran nest #2 \"outer\" on T1\n");
	assert_await_count(trace, await_named("leaf"), 1);
	assert_string_equal(seen(trace, 1).name, "before \"all\"");
	text = await_claim_count(trace, await_hit(await_id(outer)), 1, 1);
	assert_non_null(strstr(text, " \"outer\" to be hit once, but"));
	await_unref(before);
	await_unref(between);
	await_unref(outer);
	/* Names of awaits that have ended are not those of others. */
	assert_int_equal(await_trace_begin(NULL), 0);
	before = awaitable(leaf, 1);
	trace = await_trace_end();
	assert_null(strchr(golden(trace, NULL), '"'));
	assert_null(seen(trace, 0).name);
	text = await_claim_no_leak(trace);
	await_name(before, "late");
	assert_null(strchr(text, '"'));
	await_unref(before);
}

static void leaks_have_names(void **state)
{
	const struct await_trace *trace;
	const char *text;
	await_int *aw;

	(void)state;
	assert_int_equal(await_trace_begin(NULL), 0);
	aw = awaitable(leaf, 1);
	await_name(aw, "config");
	trace = await_trace_end();
	text = await_claim_no_leak(trace);
	assert_non_null(text);
	assert_non_null(strstr(text, " \"config\""));
	await_unref(aw);
}

static int call_here(void *pool, void (*job)(void *), void *argument)
{
	(void)pool;
	job(argument);
	return 0;
}

static void runs_that_were_started(void **state)
{
	const struct await_trace *trace;
	await_int *aw = awaitable(leaf, 1);

	(void)state;
	fails_with = -EIO;
	assert_int_equal(await_trace_begin(NULL), 0);
	await_start(aw, call_here, NULL);
	assert_int_equal(await_wait(aw, NULL), -EIO);
	trace = await_trace_end();
	await_unref(aw);
	assert_string_equal(golden(trace, await_begins(NULL)),
			    "begins leaf #1 (started) on T1\n"
			    "begins leaf #1 (attempt 2) on T1\n");
	assert_int_equal(seen(trace, 1).type, AWAIT_EVENT_EXEC_BEGIN);
	assert_int_equal(seen(trace, 1).source, AWAIT_RUN_START);
	assert_int_equal(seen(trace, 3).source, AWAIT_RUN_WAIT);
}

static void a_lazy_global_is_no_leak(void **state)
{
	const struct await_trace *trace;
	await_int *mine;
	const char *text;

	(void)state;
	assert_int_equal(await_trace_begin(NULL), 0);
	assert_int_equal(await_get(config()), 3);
	trace = await_trace_end();
	assert_await_created(trace, "leaf", 1);
	assert_await_no_leak(trace);
	/* Others hold what it no longer does. */
	mine = await_static_ref(config);
	await_static_reset(config);
	text = await_claim_no_leak(trace);
	assert_non_null(text);
	assert_non_null(strstr(text, "1 leaf created at recorder-names.c:"));
	assert_int_equal(await_get(config()), 3);
	assert_non_null(await_claim_no_leak(trace));
	await_unref(mine);
	assert_await_no_leak(trace);
	await_static_reset(config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_teardown(name, clean)
		TEST(names_are_in_texts),
		TEST(leaks_have_names),
		TEST(runs_that_were_started),
		TEST(a_lazy_global_is_no_leak),
	};

	return cmocka_run_group_tests_name("recorder-names", tests, NULL, NULL);
}
