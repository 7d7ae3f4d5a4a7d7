/* SPDX-License-Identifier: MIT */
/* LIBAWAIT_PERTURB=shuffle: the seed decides which thread runs what. */
#define _GNU_SOURCE
#include "shuffle.h"

static const struct mode modes[] = {
	MODE(forty_nested_awaits),
};

/* --- tests --- */

/* Waits of main and of outer do not run: nothing is left to shuffle. */
static void eager_is_not_shuffled(void **state)
{
	(void)state;
	for (int seed = 1; seed <= 4; seed++) {
		char options[40];

		snprintf(options, sizeof(options), "eager,shuffle=%d", seed);
		perturb(options, "forty_nested_awaits");
		assert_non_null(strstr(text, "hit #1 "));
		assert_null(strstr(text, "elsewhere"));
	}
}

static void a_seed_decides(void **state)
{
	char *once;

	(void)state;
	perturb("shuffle=7", "forty_nested_awaits");
	/* Each await that another thread runs is waited for meanwhile. */
	assert_int_equal(occurrences("begin "), 80);
	assert_in_range(occurrences("block "), 20, 60);
	assert_int_equal(occurrences("block "), occurrences("wake "));
	assert_true(occurrences("elsewhere") >= 2 * occurrences("block "));
	once = strdup(text);
	for (int i = 0; i < 5; i++) {
		perturb("shuffle=7", "forty_nested_awaits");
		assert_string_equal(text, once);
	}
	perturb("shuffle=8", "forty_nested_awaits");
	assert_string_not_equal(text, once);
	free(once);
}

/* The one seed by chance, which libawait draws: the test holds for each. */
static void a_seed_is_printed(void **state)
{
	unsigned long seed;
	char *once, *end;

	(void)state;
	perturb("shuffle", "forty_nested_awaits");
	assert_ptr_equal(strstr(text, "await: LIBAWAIT_PERTURB: shuffle="),
			 text);
	seed = strtoul(strchr(text, '=') + 1, &end, 10);
	assert_int_equal(*end, '\n');
	assert_in_range(seed, 0, 999999);
	once = strdup(end + 1);
	perturb_seed((int)seed, "forty_nested_awaits");
	assert_string_equal(text, once);
	free(once);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(eager_is_not_shuffled),
		cmocka_unit_test(a_seed_decides),
		cmocka_unit_test(a_seed_is_printed),
	};

	if (argc > 1) {
		main_tid = gettid();
		return run_named(modes, sizeof(modes) / sizeof(modes[0]),
				 argv[1]);
	}
	alarm(150);
	return cmocka_run_group_tests_name("shuffle_seed", tests, NULL, NULL);
}
