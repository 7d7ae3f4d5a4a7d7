/* SPDX-License-Identifier: MIT */
/* Matchers: what they match, how they read, which handles they know. */
#include "failing.h"

#include "libawait-test/records/event_text.h"

#include <await/inspect.h>

AWAIT_TYPE(int, int);

static int number(int *out, int x)
{
	*out = x;
	return 0;
}
AWAITABLE(int, number, (int, x));

static struct build build;
static const struct await_trace *trace;

static int setup(void **state)
{
	(void)state;
	trace = build_page(&build);
	return 0;
}

static void expect(const struct await_match *match, size_t count)
{
	HOLDS(await_claim_count(trace, match, count, count));
}

static bool is_odd(const struct await_seen *event, void *data)
{
	++*(int *)data;
	return event->time_ns / 1000 % 2;
}

static void matchers_match(void **state)
{
	int asked = 0;

	(void)state;
	expect(await_created(NULL), 2);
	expect(await_begins("render"), 1);
	expect(await_ends(NULL), 2);
	expect(await_ran(NULL), 1);
	expect(await_failed(NULL), 1);
	expect(await_hit((uint64_t)1), 1);
	expect(await_any_event((uint64_t)2 + (1ull << 32)), 3);
	expect(await_any_event((uint64_t)2), 0);
	expect(await_made_at("page.c", 0), 5);
	expect(await_made_at("src/page.c", 31), 5);
	expect(await_made_at("/page.c", 31), 5);
	expect(await_made_at("age.c", 31), 0);
	expect(await_made_at("page.c", 32), 0);
	expect(await_from("main"), 1);
	expect(await_from("tiny"), 0);
	expect(await_inside("fetch"), 1);
	expect(await_inside("render"), 0);
	expect(await_inside((uint64_t)1), 1);
	expect(await_inside(NULL), 1);
	expect(await_on_thread(4712), 2);
	expect(await_with_error(-EIO), 1);
	expect(await_with_error(0), 7);
	expect(await_where(is_odd, &asked, "odd"), 4);
	assert_int_equal(asked, 8);
	build.records[3].addr = TINY(3);
	expect(await_from("main"), 1);
	expect(await_from("tiny"), 1);
}

static void settling_events_match(void **state)
{
	(void)state;
	build_event(&build, AWAIT_EVENT_RESOLVE, AWAIT_RESOLVED, &fetch_site,
		    3);
	build_event(&build, AWAIT_EVENT_RESOLVE, AWAIT_FAILED, &fetch_site, 4);
	build_event(&build, AWAIT_EVENT_CANCEL, AWAIT_CANCELLED, &fetch_site,
		    5);
	build_event(&build, AWAIT_EVENT_BLOCK_BEGIN, AWAIT_RUNNING, &fetch_site,
		    6);
	build_event(&build, AWAIT_EVENT_BLOCK_END, AWAIT_RESOLVED, &fetch_site,
		    7);
	build_event(&build, AWAIT_EVENT_CYCLE, AWAIT_RUNNING, &fetch_site, 8);
	build_event(&build, AWAIT_EVENT_WAIT_END, AWAIT_RUNNING, &fetch_site, 9)
		->error = -EDEADLK;
	for (uint64_t id = 3; id <= 9; id++)
		expect(await_any_event(id), 1);
	expect(await_all_of(await_resolved(NULL), await_any_event(3)), 1);
	expect(await_all_of(await_rejected(NULL), await_any_event(4)), 1);
	expect(await_all_of(await_cancelled(NULL), await_any_event(5)), 1);
	expect(await_all_of(await_blocks(NULL), await_any_event(6)), 1);
	expect(await_all_of(await_wakes(NULL), await_any_event(7)), 1);
	expect(await_all_of(await_refused(NULL), await_any_event(8)), 1);
	expect(await_all_of(await_waited(NULL), await_any_event(9)), 1);
	expect(await_all_of(await_waited(NULL), await_with_error(-EDEADLK)), 1);
	FAILS_WITH(await_claim_count(trace, await_waited("fetch"), 0, 0),
		   "expected fetch never to end a wait, but it ended a wait "
		   "once:\n  event 15: waited fetch #9: -EDEADLK (");
}

static void matchers_compose(void **state)
{
	(void)state;
	expect(await_all_of(await_any_event("fetch"), await_from("main")), 1);
	expect(await_any_of(await_hit("fetch"), await_created("render"),
			    await_cancelled(NULL)),
	       2);
	expect(await_none_of(await_any_event("fetch"), await_created(NULL)), 2);
	expect(await_all_of(await_none_of(await_any_of(await_created(NULL),
						       await_ends(NULL))),
			    await_any_event("fetch")),
	       3);
}

static void matchers_read_well(void **state)
{
	int asked = 0;

	(void)state;
	FAILS_WITH(
		await_claim_count(
			trace,
			await_all_of(
				await_any_of(await_hit("fetch"),
					     await_ends(NULL)),
				await_none_of(await_from("main")),
				await_inside("x"), await_with_error(-ENOENT),
				await_where(is_odd, &asked, "is odd"),
				await_any_event(NULL), await_any_event("y")),
			1, 1),
		"expected (hit fetch or ends any await), not (from main), "
		"inside x, with error -ENOENT (No such file or directory), is "
		"odd, any event, any event of y to happen once, but it never did\n");
	FAILS(await_claim_each(trace, await_begins("fetch"),
			       await_where(is_odd, &asked, "odd")),
	      "expected each event that matches begins fetch to be odd, but 1 "
	      "of 1 is not:\n"
	      "  event 2: " EVENT2 "\n"
	      "    (not odd)");
}

static void stacks_are_searched(void **state)
{
	/* The last call of its function returns to the next function. */
	static const uint64_t inner[] = { MAIN(5), SHOW(0xfff), 0 };
	static const uint64_t outer[] = { MAIN(5), 0 };

	(void)state;
	FAILS(await_claim_count(trace, await_with_stack("show"), 0, 0),
	      "no stack was recorded of event 1: " EVENT1 "\n"
	      "  name its type in await_trace_options.stacks");
	/* It does not hold for lack of stacks. */
	FAILS_WITH(await_claim_count(trace,
				     await_none_of(await_with_stack("show")), 0,
				     0),
		   "no stack was recorded of event 1: ");
	for (size_t i = 0; i < 3; i++)
		build_stack(&build, &build.records[i], i ? outer : inner);
	FAILS_WITH(await_claim_count(trace, await_with_stack("show"), 1, 1),
		   "no stack was recorded of event 4: ");
	/* Only the events that match are evaluated. */
	expect(await_all_of(await_with_stack("show"), await_begins("fetch")),
	       0);
	expect(await_all_of(await_created("fetch"), await_with_stack("show")),
	       1);
	expect(await_all_of(await_created("fetch"), await_with_stack("main")),
	       1);
	HOLDS(await_claim_list(
		trace, AWAIT_SEQUENCE,
		await_any_of(await_created("fetch"), await_ran("fetch")),
		LIST(await_with_stack("show"), await_with_stack("main"))));
	FAILS(await_claim_each(trace, await_begins("fetch"),
			       await_with_stack("show")),
	      "expected each event that matches begins fetch to be with show "
	      "on the stack, but 1 of 1 is not:\n"
	      "  event 2: " EVENT2 "\n"
	      "    (not with show on the stack)");
}

static void handles_are_those_of_the_trace(void **state)
{
	await_int *aw = awaitable(number, 1), *other = awaitable(number, 2);
	uint64_t id = await_id(aw);

	(void)state;
	for (size_t i = 0; i < 8; i++) {
		if (i != 2 && i != 6)
			build.records[i].aw =
				i < 4 || i == 7 ? &aw->head : &other->head;
	}
	expect(await_hit(aw), 1);
	expect(await_any_event(other), 3);
	HOLDS(await_claim_first_wait(trace, await_subject_handle(aw), "show"));
	FAILS(await_claim_count(trace, await_hit(aw), 2, 2),
	      "expected #1 to be hit 2 times, but it was hit once:\n"
	      "  event 4: " EVENT4);
	/* The slot was reused. */
	build_event(&build, AWAIT_EVENT_CREATE, AWAIT_PENDING, &render_site,
		    1 + (1ull << 32))
		->aw = &aw->head;
	FAILS(await_claim_count(trace, await_hit(aw), 1, 1),
	      "this handle was fetch #1 and later render #1.1: say which by "
	      "its await_id()");
	expect(await_hit((uint64_t)1), 1);
	/* A loaded trace knows no handles. */
	build = (struct build){ 0 };
	build_event(&build, AWAIT_EVENT_HIT, AWAIT_RESOLVED, &fetch_site, id);
	expect(await_hit(aw), 1);
	expect(await_hit(other), 0);
	await_unref(other);
	FAILS(await_claim_count(trace, await_hit(other), 0, 0),
	      "this handle is of no await that the trace saw or that lives "
	      "now: use the await_id() that it had");
	await_unref(aw);
}

static void what_ran_before_is_known(void **state)
{
	await_int *aw = awaitable(number, 1);

	(void)state;
	/* No event has it, but it is alive: it did not run. */
	expect(await_begins(aw), 0);
	await_unref(aw);
}

static void times_of_ends_are_no_handles(void **state)
{
	await_int *aw = awaitable(number, 1);

	(void)state;
	build.records[2].latency_ns = (uintptr_t)aw;
	expect(await_ran(aw), 0);
	await_unref(aw);
}

static void events_are_seen(void **state)
{
	static const uint64_t calls[] = { MAIN(5), SHOW(6), 0 };
	struct await_seen seen;
	char buffer[16] = "";
	struct text line = { buffer, sizeof(buffer), 0, NULL };

	(void)state;
	build_stack(&build, &build.records[6], calls);
	assert_int_equal(await_trace_count(trace), 8);
	assert_true(await_trace_get(trace, 6, &seen));
	assert_int_equal(seen.type, AWAIT_EVENT_EXEC_END);
	assert_int_equal(seen.state, AWAIT_FAILED);
	assert_int_equal(seen.id, 2 + (1ull << 32));
	assert_string_equal(seen.function, "render");
	assert_string_equal(seen.type_name, "page");
	assert_string_equal(seen.file, "view.c");
	assert_int_equal(seen.line, 7);
	assert_int_equal(seen.thread, 4712);
	assert_int_equal(seen.time_ns, 7000);
	assert_int_equal(seen.latency_ns, 700);
	assert_int_equal(seen.error, -EIO);
	assert_int_equal(seen.addr, SHOW(33));
	assert_int_equal(seen.stack_depth, 2);
	assert_int_equal(seen.stack[1], SHOW(6) + 1);
	assert_true(await_trace_get(trace, 4, &seen));
	assert_int_equal(seen.parent, 1);
	assert_int_equal(seen.latency_ns, 0);
	assert_null(seen.stack);
	assert_false(await_trace_get(trace, 8, &seen));
	text_record(&line, trace, &build.records[3]);
	assert_string_equal(buffer, "hit fetch #1...");
}

/* What a trace, or a program, calls its functions and files. */
static void names_are_printable(void **state)
{
	static const struct await_type type = { .name = "page" };
	static const struct await_func evil_func = { .name = "f\33[m\302\233\n",
						     .type = &type };
	static const struct await_site evil_site = {
		.func = &evil_func,
		.file = "src/a\342\200\256.c",
		.function = "g\377",
		.line = 3,
	};
	static struct build evil;
	const char *said;

	(void)state;
	build_event(&evil, AWAIT_EVENT_CREATE, AWAIT_PENDING, &evil_site, 1);
	said = await_claim_no_leak(&evil.trace);
	assert_non_null(strstr(said, "1 f\\x1b[m\\xc2\\x9b\\n created at "
				     "a\\xe2\\x80\\xae.c:3 in g\\xff"));
	said = await_claim_count(&evil.trace, await_hit("f"), 1, 1);
	assert_null(strpbrk(said, "\33\302\342\377"));
	assert_non_null(strstr(said, "there is f\\x1b[m"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(matchers_match, setup),
		cmocka_unit_test_setup(settling_events_match, setup),
		cmocka_unit_test_setup(matchers_compose, setup),
		cmocka_unit_test_setup(matchers_read_well, setup),
		cmocka_unit_test_setup(stacks_are_searched, setup),
		cmocka_unit_test_setup(handles_are_those_of_the_trace, setup),
		cmocka_unit_test_setup(what_ran_before_is_known, setup),
		cmocka_unit_test_setup(times_of_ends_are_no_handles, setup),
		cmocka_unit_test_setup(events_are_seen, setup),
		cmocka_unit_test(names_are_printable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
