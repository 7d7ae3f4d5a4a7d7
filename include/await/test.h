/* SPDX-License-Identifier: MIT */
/*
 * <await/test.h>: tests that assert on what awaits did.
 *
 *     #include <await/test.h> // after cmocka.h
 *
 *     static void a_page_is_fetched_once(void **state)
 *     {
 *             const struct await_trace *trace;
 *
 *             await_trace_begin(NULL);
 *             show_twice("/etc/hosts");
 *             trace = await_trace_end();
 *             assert_await_created(trace, "fetch", 1);
 *             assert_await_ran_once(trace, "fetch");
 *             assert_await_subsequence(trace, await_ran("fetch"),
 *                                      await_hit("fetch"));
 *             assert_await_no_leak(trace);
 *     }
 *
 * Build with `pkg-config --cflags --libs await-test cmocka`; docs/testing.md
 * teaches it.
 *
 *     <await/test/trace.h>   traces: what happened, recorded here or by LTTng
 *     <await/test/match.h>   subjects, which select awaits: "fetch", an id, a
 *                            handle, NULL; matchers, which select events
 *     <await/test/claim.h>   what assertions are made of, for other frameworks
 *
 * Threads: begin, end and assertions may be called by any thread. cmocka's
 * failures leave by longjmp, which only the thread of the test may do: the one
 * that began the trace. An assertion that fails on another thread is deferred,
 * and fails in the test's thread at its next assertion, or in its teardown.
 */
#pragma once

#include <await/test/claim.h>
#include <await/test/match.h>
#include <await/test/trace.h>

/* Exactly these events, in this order, are all of the trace; or all that
 * filter matches. */
#define assert_await_sequence(trace, ...)                                      \
	AWAIT_LIST_CLAIM_(trace, SEQUENCE, NULL, __VA_ARGS__)
#define assert_await_sequence_of(trace, filter, ...)                           \
	AWAIT_LIST_CLAIM_(trace, SEQUENCE, filter, __VA_ARGS__)
/* Nothing happened. */
#define assert_await_nothing(trace)                                            \
	AWAIT_CLAIM_(await_claim_list(trace, AWAIT_SEQUENCE, NULL, NULL))
/* These events, in this order, perhaps with others between them. */
#define assert_await_subsequence(trace, ...)                                   \
	AWAIT_LIST_CLAIM_(trace, SUBSEQUENCE, NULL, __VA_ARGS__)
/* Each of these once, in any order, and no others; or none that filter
 * matches. */
#define assert_await_any_order(trace, ...)                                     \
	AWAIT_LIST_CLAIM_(trace, ANY_ORDER, NULL, __VA_ARGS__)
#define assert_await_any_order_of(trace, filter, ...)                          \
	AWAIT_LIST_CLAIM_(trace, ANY_ORDER, filter, __VA_ARGS__)

/* How many events match; most may be AWAIT_UNLIMITED. */
#define assert_await_count(trace, match, count)                                \
	AWAIT_CLAIM_(await_claim_count(trace, match, count, count))
#define assert_await_count_between(trace, match, least, most)                  \
	AWAIT_CLAIM_(await_claim_count(trace, match, least, most))
#define assert_await_created(trace, subject, count)                            \
	assert_await_count(trace, await_created(subject), count)
#define assert_await_ran(trace, subject, count)                                \
	assert_await_count(trace, await_begins(subject), count)
#define assert_await_never_ran(trace, subject)                                 \
	assert_await_ran(trace, subject, 0)
#define assert_await_ran_once(trace, subject)                                  \
	assert_await_ran(trace, subject, 1)
#define assert_await_hits(trace, subject, count)                               \
	assert_await_count(trace, await_hit(subject), count)

/* Every event that match matches is one that all matches too, and there is at
 * least one. What the next three are made of. */
#define assert_await_each(trace, match, all)                                   \
	AWAIT_CLAIM_(await_claim_each(trace, match, all))
#define assert_await_made_at(trace, subject, file, line)                       \
	assert_await_each(trace, await_created(subject),                       \
			  await_made_at(file, line))
#define assert_await_stack_has(trace, match, function)                         \
	assert_await_each(trace, match, await_with_stack(function))
#define assert_await_inside(trace, subject, parent)                            \
	assert_await_each(trace, await_begins(subject), await_inside(parent))
/* The first wait for each await of the subject was called in that function. */
#define assert_await_first_wait_from(trace, subject, function)                 \
	AWAIT_CLAIM_(await_claim_first_wait(trace, AWAIT_SUBJECT_(subject),    \
					    function))

/* The last event that first matches is before the first that then matches, on
 * whatever threads; there is one of each. */
#define assert_await_before(trace, first, then)                                \
	AWAIT_CLAIM_(await_claim_before(trace, first, then))
/* All events that match happened on one thread; on as many. */
#define assert_await_threads(trace, match, count)                              \
	AWAIT_CLAIM_(await_claim_threads(trace, match, count))

/* Each run of the subject took at least and at most as long. Machines are
 * busy: bounds that are not far off make tests that fail now and then. */
#define assert_await_took_between(trace, subject, least_ns, most_ns)           \
	AWAIT_CLAIM_(await_claim_took(trace, AWAIT_SUBJECT_(subject),          \
				      least_ns, most_ns))

/* No event was lost; every other assertion asserts this too. */
#define assert_await_nothing_lost(trace)                                       \
	AWAIT_CLAIM_(await_claim_nothing_lost(trace))
/* What was created in the trace was destroyed in it, or an AWAIT_STATIC holds
 * it. */
#define assert_await_no_leak(trace) AWAIT_CLAIM_(await_claim_no_leak(trace))

/*
 * The trace as text is what the file holds: one line an event, with ids and
 * threads numbered in order of appearance, files without folders, and neither
 * times nor addresses. With AWAIT_TEST_UPDATE=1 in the environment the file is
 * written instead. filter may be NULL.
 */
#define assert_await_golden(trace, filter, path)                               \
	AWAIT_CLAIM_(await_claim_golden(trace, filter, path))

/* --- what the macros are made of --- */

#define AWAIT_LIST_CLAIM_(trace, order, filter, ...)                           \
	AWAIT_CLAIM_(await_claim_list(trace, AWAIT_##order, filter,            \
				      AWAIT_MATCHES_(__VA_ARGS__)))

/* As cmocka's own assertions fail: the text is part of what it reports, also in
 * TAP and XML. */
#define AWAIT_CLAIM_(claim)                                                    \
	do {                                                                   \
		const char *await_failure_ =                                   \
			await_claim_report(claim, __FILE__, __LINE__);         \
		if (await_failure_)                                            \
			_assert_true(0, await_failure_, __FILE__, __LINE__);   \
	} while (0)
