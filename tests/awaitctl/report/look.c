/* SPDX-License-Identifier: MIT */
/* What a report says to look at, and what it lets pass. */
#include "awaitctl/report/look.h"

#include "lives/sites.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SECOND_NS 1000000000u

static struct findings findings;
static struct figures *figures;
static char all[4000];

static int setup(void **state)
{
	struct lives_function *function;
	struct lives_site *site;

	(void)state;
	findings = (struct findings){ 0 };
	all[0] = '\0';
	function = sites_function(&findings.lives, NULL, "f", "int");
	site = sites_site(&findings.lives, function, "a.c", 7);
	assert_non_null(site);
	figures = &site->figures;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	findings_free(&findings);
	return 0;
}

static void note(void *data, const char *name, const struct report_row *row,
		 const char *text)
{
	size_t length = strlen(all);

	(void)data;
	snprintf(all + length, sizeof(all) - length, "%s %s:%u %s: %s\n", name,
		 row->site->file, row->site->line, row->function->name, text);
}

static void look(void)
{
	all[0] = '\0';
	assert_int_equal(look_at(&findings, note, NULL), 0);
	assert_int_equal(look_at_any(&findings), *all != '\0');
}

static void everything(void **state)
{
	(void)state;
	figures->created = 30;
	figures->running = 1;
	figures->asleep = 2;
	figures->cycles = 3;
	figures->dropped = 4;
	figures->unseen = 5;
	figures->most_runs = 6;
	figures->never_waited = 7;
	assert_int_equal(histogram_add(&figures->blocked, 2 * SECOND_NS), 0);
	for (int i = 0; i < 10; i++) {
		assert_int_equal(histogram_add(&figures->slack, 100), 0);
		assert_int_equal(histogram_add(&figures->run, 1000000), 0);
	}
	look();
	assert_string_equal(
		all,
		"unfinished a.c:7 f: when the recording ended 1 ran and 2 "
		"waits slept\n"
		"cycle a.c:7 f: 3 waits were refused, as they would have "
		"closed a circle\n"
		"promise-dropped a.c:7 f: 4 promises were dropped and never "
		"settled\n"
		"failed-unseen a.c:7 f: 5 failed, and no wait has seen the "
		"error\n"
		"retried a.c:7 f: one was run 6 times\n"
		"blocked a.c:7 f: a wait slept 2.00 s\n"
		"waited-at-once a.c:7 f: 9 of 10 are waited for within 100 ns, "
		"and half of the runs take 1.00 ms or more: being lazy brings "
		"nothing\n"
		"never-waited a.c:7 f: 7 of 30 were never waited for\n");
}

static void nothing(void **state)
{
	(void)state;
	figures->created = 30;
	figures->runs = 30;
	figures->failed = 10;
	figures->most_runs = 2;
	assert_int_equal(histogram_add(&figures->blocked, SECOND_NS - 1), 0);
	for (int i = 0; i < 10; i++) {
		assert_int_equal(histogram_add(&figures->slack, 20000), 0);
		assert_int_equal(histogram_add(&figures->run, 1000000), 0);
	}
	look();
	assert_string_equal(all, "");
}

static void few_say_nothing_of_all(void **state)
{
	(void)state;
	for (int i = 0; i < 9; i++) {
		assert_int_equal(histogram_add(&figures->slack, 100), 0);
		assert_int_equal(histogram_add(&figures->run, 1000000), 0);
	}
	look();
	assert_string_equal(all, "");
}

static void what_is_hidden_is_no_reason(void **state)
{
	(void)state;
	figures->running = figures->asleep = figures->unseen = 1;
	figures->never_waited = figures->most_runs = 9;
	findings.lives.ends_unknown = true;
	findings.lives.waits_unknown = true;
	look();
	assert_string_equal(all, "");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(everything),
		TEST(nothing),
		TEST(few_say_nothing_of_all),
		TEST(what_is_hidden_is_no_reason),
	};

	return cmocka_run_group_tests_name("look", tests, NULL, NULL);
}
