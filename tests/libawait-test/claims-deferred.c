/* SPDX-License-Identifier: MIT */
/* Failures on other threads than the test's. */
#define _GNU_SOURCE
#include "failing.h"

#include "libawait-test/assert/deferred_failures.h"

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static struct build build;
static const struct await_trace *trace;

static int setup(void **state)
{
	(void)state;
	trace = build_page(&build);
	return 0;
}

static const char *broken(void)
{
	return await_claim_count(trace, await_blocks("fetch"), 1, 1);
}

#define BROKEN                                                                 \
	"expected fetch to block a wait once, but it never blocked a wait\n"   \
	"  nearest, event 1 of 8: " EVENT1 "\n"                                \
	"    (created, not blocks)"

static void own_failures_are_reported(void **state)
{
	(void)state;
	assert_null(await_claim_report(NULL, "a.c", 1));
	FAILS(await_claim_report(broken(), "a.c", 1), BROKEN);
	FAILS(await_claim_report("text of nobody's", "a.c", 1),
	      "text of nobody's");
	assert_null(deferred_failures_take());
}

static void *fail_elsewhere(void *tid)
{
	build_other_thread = true;
	*(int *)tid = gettid();
	assert_null(await_claim_report(NULL, "b.c", 6));
	assert_null(await_claim_report(broken(), "b.c", 7));
	return NULL;
}

static int fail_on_a_thread(void)
{
	pthread_t thread;
	int tid;

	assert_int_equal(pthread_create(&thread, NULL, fail_elsewhere, &tid),
			 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	return tid;
}

static void others_are_deferred(void **state)
{
	char text[1024];

	(void)state;
	snprintf(text, sizeof(text), "b.c:7: on thread %d: " BROKEN,
		 fail_on_a_thread());
	FAILS(await_claim_report(NULL, "a.c", 1), text);
	assert_null(await_claim_report(NULL, "a.c", 1));
	snprintf(text, sizeof(text), BROKEN "\nb.c:7: on thread %d: " BROKEN,
		 fail_on_a_thread());
	FAILS(await_claim_report(broken(), "a.c", 1), text);
	snprintf(text, sizeof(text), "b.c:7: on thread %d: " BROKEN,
		 fail_on_a_thread());
	FAILS(deferred_failures_take(), text);
	assert_null(deferred_failures_take());
}

static void the_macro_fails_where_it_may(void **state)
{
	(void)state;
	build_other_thread = true;
	/* This would leave by longjmp. */
	assert_await_never_ran(trace, "fetch");
	assert_await_hits(trace, "fetch", 1);
	assert_await_no_leak(trace);
	build_other_thread = false;
	FAILS_WITH(deferred_failures_take(), "expected fetch never to run");
}

static void deferring_has_a_limit(void **state)
{
	(void)state;
	build_other_thread = true;
	for (int i = 0; i < 20; i++)
		assert_null(await_claim_report("no", "c.c", i));
	build_other_thread = false;
	FAILS_WITH(await_claim_report(NULL, "a.c", 1),
		   ": no\n4 more failures on other threads");
	assert_null(deferred_failures_take());
}

#define THREADS 4
#define ROUNDS 50

static AWAIT_ATOMIC(int) running;

static void *fail_often(void *unused)
{
	build_other_thread = true;
	for (int i = 0; i < ROUNDS; i++) {
		const char *text = broken();

		if (!text || strcmp(text, BROKEN) != 0)
			return (void *)"another text";
		await_claim_report(text, "b.c", 7);
	}
	/* Release: the failures above are deferred; partner: the acquire of
	 * the thread that reads 0. */
	atomic_fetch_sub_explicit(&running, 1, memory_order_release);
	return unused;
}

/* How many failures a report has. */
static int told(const char *text)
{
	int count = 0, more;

	for (const char *at = text; at && (at = strstr(at, "b.c:7: on ")); at++)
		count++;
	for (const char *at = text; at && *at; at++) {
		if (*at == '\n' && sscanf(at, "\n%d more failures", &more) == 1)
			count += more;
	}
	return count;
}

static void each_is_reported_once(void **state)
{
	pthread_t threads[THREADS];
	int count = 0;
	void *wrong;

	(void)state;
	/* Relaxed: before the threads. */
	atomic_store_explicit(&running, THREADS, memory_order_relaxed);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(
			pthread_create(&threads[i], NULL, fail_often, NULL), 0);
	/* Acquire: see fail_often(). */
	while (atomic_load_explicit(&running, memory_order_acquire) > 0)
		count += told(await_claim_report(NULL, "a.c", 1));
	for (int i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], &wrong), 0);
		assert_null(wrong);
	}
	count += told(await_claim_report(NULL, "a.c", 1));
	assert_int_equal(count, THREADS * ROUNDS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(own_failures_are_reported, setup),
		cmocka_unit_test_setup(others_are_deferred, setup),
		cmocka_unit_test_setup(the_macro_fails_where_it_may, setup),
		cmocka_unit_test_setup(deferring_has_a_limit, setup),
		cmocka_unit_test_setup(each_is_reported_once, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
