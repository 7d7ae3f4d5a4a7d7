/* SPDX-License-Identifier: MIT */
/* Lists of options in the environment: which are taken, with what values, and
 * what is said of the others. */
#define _GNU_SOURCE
#include "libawait/start/env.h"

#include "unit.h"

#include "child.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char taken[300];

static bool note(const char *name, const char *value)
{
	size_t used = strlen(taken);

	snprintf(taken + used, sizeof(taken) - used, "%s=%s;", name,
		 value ? value : "(none)");
	return !value || strcmp(value, "bad") != 0;
}

static bool take_one(const char *value)
{
	return note("one", value);
}

static bool take_two(const char *value)
{
	return note("two-more", value);
}

static const struct env_option options[] = {
	{ "one", "one", take_one },
	{ "two-more", "two-more=N", take_two },
};

static const char *list, *want_taken;
static bool want_any;

static void read_list(void)
{
	if (list)
		setenv("ENV_TEST", list, 1);
	else
		unsetenv("ENV_TEST");
	CHECK(env_read("ENV_TEST", options, 2) == want_any);
	CHECK(strcmp(taken, want_taken) == 0);
}

static void assert_reads(const char *given, bool any, const char *takes,
			 const char *says)
{
	list = given;
	want_any = any;
	want_taken = takes;
	assert_int_equal(in_child(read_list), 0);
	assert_string_equal(text, says);
}

#define KNOWN ", known are: one, two-more=N\n"

static void known_options_are_taken(void **state)
{
	(void)state;
	assert_reads(NULL, false, "", "");
	assert_reads("", false, "", "");
	assert_reads(",,,", false, "", "");
	assert_reads("one", true, "one=(none);", "");
	assert_reads(",one,,two-more=5,", true, "one=(none);two-more=5;", "");
	assert_reads("two-more=,one", true, "two-more=;one=(none);", "");
	assert_reads("two-more=a=b", true, "two-more=a=b;", "");
}

static void wrong_options_are_named(void **state)
{
	(void)state;
	assert_reads("on", false, "",
		     "await: ENV_TEST: unknown option on" KNOWN);
	assert_reads("onee,one", true, "one=(none);",
		     "await: ENV_TEST: unknown option onee" KNOWN);
	assert_reads("two-more=bad", false, "two-more=bad;",
		     "await: ENV_TEST: bad value: two-more=bad, it is "
		     "two-more=N\n");
	/* What could steer a terminal is not printed. */
	assert_reads("a\033[1m\x80", false, "",
		     "await: ENV_TEST: unknown option a\\x1b[1m\\x80" KNOWN);
}

/* A name longer than any option is cut, and the list is read on. */
static void a_long_option_is_cut(void **state)
{
	char given[400], says[400];

	(void)state;
	memset(given, 'x', 300);
	strcpy(given + 300, ",one");
	snprintf(says, sizeof(says),
		 "await: ENV_TEST: unknown option %.99s" KNOWN, given);
	assert_reads(given, true, "one=(none);", says);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_options_are_taken),
		cmocka_unit_test(wrong_options_are_named),
		cmocka_unit_test(a_long_option_is_cut),
	};

	alarm(60);
	return cmocka_run_group_tests_name("env", tests, NULL, NULL);
}
