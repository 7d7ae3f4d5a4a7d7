/* SPDX-License-Identifier: MIT */
/* LIBAWAIT_DEBUG: this program runs itself with it, and a word that says what
 * to do. */
#define _GNU_SOURCE
#include "unit.h"

#include "child.h"

AWAIT_TYPE(int, int);

static void assert_runs(const char *debug, const char *mode)
{
	assert_int_equal(run_again(debug, mode), 0);
}

static int run_mode(const char *what)
{
	if (strcmp(what, "usr2") == 0) {
		await_nowait(int, 1);
		raise(SIGUSR2);
	}
	return 0;
}

#define KNOWN                                                                  \
	"known are: args, check, cycles, fail-alloc=N[+], leaks, dump-on-usr2"
static void unknown_options_are_named(void **state)
{
	(void)state;
	assert_runs("leek,,leaks,x", "do_nothing");
	assert_ptr_equal(
		strstr(text,
		       "await: LIBAWAIT_DEBUG: unknown option leek, " KNOWN "\n"
		       "await: LIBAWAIT_DEBUG: unknown option x, " KNOWN "\n"
		       "await: none alive"),
		text);
}

static void a_signal_makes_a_dump(void **state)
{
	(void)state;
	assert_runs("dump-on-usr2", "usr2");
	assert_non_null(strstr(text, " int resolved nowait = 1 created "));
	assert_non_null(strstr(text, "\n1 await: 1 resolved\n"));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unknown_options_are_named),
		cmocka_unit_test(a_signal_makes_a_dump),
	};

	if (argc > 1)
		return run_mode(argv[1]);
	alarm(120);
	return cmocka_run_group_tests_name("debug_options", tests, NULL, NULL);
}
