/* SPDX-License-Identifier: MIT */
#include "awaitctl/common/usage.h"

#include <getopt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct taken {
	const char *size;
	int loud;
	const char *own;
};

static int take_size(void *to, const char *text)
{
	struct taken *taken = to;

	if (!*text)
		return misused("--size takes a size", "");
	taken->size = text;
	return 0;
}

static int take_loud(void *to, const char *text)
{
	struct taken *taken = to;

	assert_null(text);
	taken->loud++;
	return 0;
}

static int take_own(void *to, const char *text)
{
	struct taken *taken = to;

	taken->own = text;
	return 0;
}

static const struct usage_option options[] = {
	{ "size", 's', required_argument, NULL, take_size },
	{ "loud", 0, no_argument, NULL, take_loud },
	{ "own", 'o', required_argument, "one", take_own },
};

/* Of a command line up to the first NULL; rest: how many arguments follow. */
static int read_line(struct taken *taken, int *rest, char **argv)
{
	int argc = 0, rc;

	while (argv[argc])
		argc++;
	*taken = (struct taken){ 0 };
	optind = 0; /* getopt() begins anew */
	opterr = 0;
	rc = usage_read(options, sizeof(options) / sizeof(options[0]), taken,
			argc, argv);
	*rest = argc - optind;
	return rc;
}

#define READ(taken, rest, ...)                                                 \
	read_line(taken, rest, (char *[]){ __VA_ARGS__, NULL })

static void takes_long_and_short_options(void **state)
{
	struct taken taken;
	int rest;

	(void)state;
	assert_int_equal(READ(&taken, &rest, "one", "--size=3", "--loud",
			      "file", "-ox", "--loud"),
			 0);
	assert_string_equal(taken.size, "3");
	assert_string_equal(taken.own, "x");
	assert_int_equal(taken.loud, 2);
	assert_int_equal(rest, 1);
	assert_int_equal(READ(&taken, &rest, "one", "-s", "4"), 0);
	assert_string_equal(taken.size, "4");
	assert_int_equal(rest, 0);
	assert_int_equal(READ(&taken, &rest, "one", "--", "-s", "4"), 0);
	assert_null(taken.size);
	assert_int_equal(rest, 2);
}

static void knows_whose_an_option_is(void **state)
{
	struct taken taken;
	int rest;

	(void)state;
	assert_int_equal(READ(&taken, &rest, "one", "--own=1"), 0);
	assert_int_equal(READ(&taken, &rest, "other", "--size=1"), 0);
	assert_int_equal(READ(&taken, &rest, "other", "--own=1"), EXIT_USAGE);
	assert_int_equal(READ(&taken, &rest, "other", "-o", "1"), EXIT_USAGE);
	assert_null(taken.own);
}

static void refuses_what_is_wrong(void **state)
{
	struct taken taken;
	int rest;

	(void)state;
	assert_int_equal(READ(&taken, &rest, "one", "--unknown"), EXIT_USAGE);
	assert_int_equal(READ(&taken, &rest, "one", "-l"), EXIT_USAGE);
	assert_int_equal(READ(&taken, &rest, "one", "--size"), EXIT_USAGE);
	assert_int_equal(READ(&taken, &rest, "one", "--loud=1"), EXIT_USAGE);
	assert_int_equal(READ(&taken, &rest, "one", "--size=", "--loud"),
			 EXIT_USAGE);
	assert_int_equal(taken.loud, 0); /* the first mistake ends it */
}

static void helps_with_every_command(void **state)
{
	struct taken taken;
	int rest;

	(void)state;
	assert_int_equal(READ(&taken, &rest, "one", "--help"), -1);
	assert_int_equal(READ(&taken, &rest, "other", "--loud", "-h"), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_long_and_short_options),
		cmocka_unit_test(knows_whose_an_option_is),
		cmocka_unit_test(refuses_what_is_wrong),
		cmocka_unit_test(helps_with_every_command),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
