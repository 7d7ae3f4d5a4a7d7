/* SPDX-License-Identifier: MIT */
/* What of one run is what of the other, of runs that are put together here. */
#include "awaitctl/diff/match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { MOST = 8 };

/* A run, and what its arrays point to. */
struct made {
	struct run run;
	struct run_process processes[MOST];
	struct lives_process of_process[MOST];
	struct run_thread threads[MOST], *thread_list[MOST];
	struct lives_thread of_thread[MOST];
	struct run_site sites[MOST], *site_list[MOST];
	struct lives_site of_site[MOST];
	struct run_await awaits[MOST];
};

static struct made a, b;
static struct lives_function f = { .name = "f", .type = "int" };
static struct lives_function g = { .name = "g", .type = "int" };

static int setup(void **state)
{
	struct made *const both[] = { &a, &b };

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct made *made = both[i];

		memset(made, 0, sizeof(*made));
		made->run.directory = "trace";
		made->run.processes = made->processes;
		made->run.threads = made->thread_list;
		made->run.sites = made->site_list;
		made->run.awaits = made->awaits;
	}
	return 0;
}

static void process(struct made *made, const char *name, int64_t pid)
{
	size_t i = made->run.process_count++;

	made->of_process[i] = (struct lives_process){
		.index = i, .vpid = pid, .host = "h", .name = name, .events = 1
	};
	made->processes[i] =
		(struct run_process){ &made->of_process[i], true, RUN_NONE };
}

static void thread(struct made *made, uint32_t of, int64_t tid)
{
	uint32_t i = (uint32_t)made->run.thread_count++;

	made->of_thread[i] =
		(struct lives_thread){ .process = &made->of_process[of],
				       .tid = tid };
	made->threads[i] = (struct run_thread){ .thread = &made->of_thread[i],
						.number = i,
						.process = of,
						.match = RUN_NONE };
	made->thread_list[i] = &made->threads[i];
}

static void site(struct made *made, struct lives_function *function,
		 const char *file, uint32_t line)
{
	uint32_t i = (uint32_t)made->run.site_count++;

	made->of_site[i] = (struct lives_site){ .function = function,
						.file = file,
						.line = line };
	made->sites[i] = (struct run_site){ .site = &made->of_site[i],
					    .number = i,
					    .match = RUN_NONE };
	made->site_list[i] = &made->sites[i];
}

static void await(struct made *made, uint32_t of_site, uint32_t creator,
		  uint32_t did)
{
	made->awaits[made->run.await_count++] =
		(struct run_await){ .site = of_site,
				    .creator = creator,
				    .match = RUN_NONE,
				    .did = did };
}

static void processes_by_name(void **state)
{
	(void)state;
	process(&a, "one", 1);
	process(&a, "two", 2);
	process(&a, "one", 3);
	process(&b, "two", 7);
	process(&b, "one", 8);
	match_processes(&a.run, &b.run, true);
	assert_int_equal(a.processes[0].match, 1);
	assert_int_equal(a.processes[1].match, 0);
	assert_int_equal(a.processes[2].match, RUN_NONE);
	assert_int_equal(b.processes[0].match, 1);
	assert_int_equal(b.processes[1].match, 0);
}

static void processes_by_order(void **state)
{
	(void)state;
	process(&a, "one", 1);
	process(&a, NULL, 2);
	process(&b, "three", 7);
	process(&b, "one", 8);
	match_processes(&a.run, &b.run, false);
	assert_int_equal(a.processes[0].match, 0);
	assert_int_equal(a.processes[1].match, 1);
}

static void one_on_each_side(void **state)
{
	(void)state;
	process(&a, "before", 1);
	process(&b, "after", 7);
	process(&b, "other", 8);
	b.processes[1].compared = false;
	match_processes(&a.run, &b.run, true);
	assert_int_equal(a.processes[0].match, 0);
	assert_int_equal(b.processes[1].match, RUN_NONE);
}

static bool chooses(const char *text, bool first, bool second)
{
	setup(NULL);
	process(&a, "rank", 12);
	process(&a, "12", 34);
	return match_choose(&a.run, text) == 0 &&
	       a.processes[0].compared == first &&
	       a.processes[1].compared == second;
}

static void processes_that_are_chosen(void **state)
{
	(void)state;
	assert_true(chooses(NULL, true, true));
	assert_true(chooses("rank", true, false));
	assert_true(chooses("34", false, true));
	assert_true(chooses("34@h", false, true));
	assert_true(chooses("rank@h", true, false));
	/* A number may be a name. */
	assert_true(chooses("12", true, true));
	assert_false(chooses("ran", false, false));
	assert_false(chooses("34@i", false, false));
	assert_false(chooses("", false, false));
	assert_false(chooses("034x", false, false));
}

static void threads_by_order(void **state)
{
	(void)state;
	process(&a, "p", 10);
	process(&b, "p", 20);
	thread(&a, 0, 12);
	thread(&a, 0, 10);
	thread(&a, 0, 11);
	thread(&b, 0, 20);
	thread(&b, 0, 27);
	match_processes(&a.run, &b.run, true);
	match_threads(&a.run, &b.run);
	assert_int_equal(a.threads[0].match, 1);
	assert_int_equal(a.threads[1].match, 0);
	assert_int_equal(a.threads[2].match, RUN_NONE);
	assert_int_equal(b.threads[0].match, 1);
}

static void sites_wherever_they_were_built(void **state)
{
	(void)state;
	site(&a, &f, "/build/one/src/x.c", 7);
	site(&a, &f, "/build/one/lib/x.c", 7);
	site(&a, &f, "same.c", 8);
	site(&a, &g, "same.c", 8);
	site(&a, &f, NULL, 0);
	site(&a, &f, "same.c", 9);
	site(&b, &f, "lib/x.c", 7);
	site(&b, &f, "src/x.c", 7);
	site(&b, &g, "same.c", 8);
	site(&b, &f, "other/same.c", 8);
	site(&b, &f, NULL, 0);
	site(&b, &f, "ssame.c", 9);
	match_sites(&a.run, &b.run);
	assert_int_equal(a.sites[0].match, 1);
	assert_int_equal(a.sites[1].match, 0);
	assert_int_equal(a.sites[2].match, 3);
	assert_int_equal(a.sites[3].match, 2);
	assert_int_equal(a.sites[4].match, 4);
	assert_int_equal(a.sites[5].match, RUN_NONE);
	assert_int_equal(b.sites[3].match, 2);
}

/* One that is exactly the same comes first, whichever stands before; of others
 * that have as much in common the first. */
static void sites_that_are_the_same(void **state)
{
	(void)state;
	site(&a, &f, "x/y.c", 1);
	site(&a, &f, "y.c", 1);
	site(&b, &f, "y.c", 1);
	site(&a, &g, "x/z.c", 1);
	site(&b, &g, "v/z.c", 1);
	site(&b, &g, "w/z.c", 1);
	match_sites(&a.run, &b.run);
	assert_int_equal(a.sites[0].match, RUN_NONE);
	assert_int_equal(a.sites[1].match, 0);
	assert_int_equal(a.sites[2].match, 1);
}

static void make_two_threads(void)
{
	process(&a, "p", 10);
	process(&b, "p", 20);
	thread(&a, 0, 10);
	thread(&a, 0, 11);
	thread(&b, 0, 20);
	thread(&b, 0, 21);
	site(&a, &f, "x.c", 1);
	site(&b, &f, "x.c", 1);
}

static void match_all(void)
{
	match_processes(&a.run, &b.run, true);
	match_threads(&a.run, &b.run);
	match_sites(&a.run, &b.run);
	match_awaits(&a.run, &b.run);
}

/* The n-th of a thread first, whatever the other has made meanwhile; one that
 * the other thread has made instead then. */
static void awaits_by_thread(void **state)
{
	(void)state;
	make_two_threads();
	await(&a, 0, 0, DID_CREATE);
	await(&a, 0, 1, DID_CREATE);
	await(&a, 0, 0, DID_CREATE);
	await(&a, 0, 0, DID_CREATE);
	await(&b, 0, 1, DID_CREATE);
	await(&b, 0, 1, DID_CREATE);
	await(&b, 0, 0, DID_CREATE);
	await(&b, 0, 0, DID_CREATE);
	await(&b, 0, 1, DID_CREATE);
	match_all();
	assert_int_equal(a.awaits[0].match, 2);
	assert_int_equal(a.awaits[1].match, 0);
	assert_int_equal(a.awaits[2].match, 3);
	assert_int_equal(a.awaits[3].match, 1);
	assert_int_equal(b.awaits[4].match, RUN_NONE);
	assert_int_equal(b.awaits[1].match, 3);
}

static void awaits_that_are_no_match(void **state)
{
	(void)state;
	make_two_threads();
	site(&a, &g, "x.c", 2);
	await(&a, 0, RUN_NONE, 0); /* was there before */
	await(&a, 1, 0, DID_CREATE);
	await(&a, RUN_NONE, RUN_NONE, 0);
	await(&a, 0, 0, DID_CREATE | DID_HIDE);
	await(&b, 0, 0, DID_CREATE);
	await(&b, RUN_NONE, RUN_NONE, 0);
	match_all();
	assert_int_equal(a.awaits[0].match, RUN_NONE);
	assert_int_equal(a.awaits[1].match, RUN_NONE);
	assert_int_equal(a.awaits[2].match, 1);
	assert_int_equal(a.awaits[3].match, RUN_NONE);
	assert_int_equal(b.awaits[0].match, RUN_NONE);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, setup)
	const struct CMUnitTest tests[] = {
		TEST(processes_by_name),
		TEST(processes_by_order),
		TEST(one_on_each_side),
		TEST(processes_that_are_chosen),
		TEST(threads_by_order),
		TEST(sites_wherever_they_were_built),
		TEST(sites_that_are_the_same),
		TEST(awaits_by_thread),
		TEST(awaits_that_are_no_match),
	};

	return cmocka_run_group_tests_name("match", tests, NULL, NULL);
}
