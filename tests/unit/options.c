/* SPDX-License-Identifier: MIT */
/* LIBAWAIT_DEBUG: this program runs itself with it, and a word that says what
 * to do. */
#define _GNU_SOURCE
#include "unit.h"

#include "child.h"

struct page {
	int lines;
};
AWAIT_TYPE(page, struct page);
AWAIT_TYPE(int, int);

static int fetch(struct page *out, const char *path, int depth)
{
	(void)path;
	out->lines = depth;
	return 0;
}
AWAITABLE(page, fetch, (const char *, path), (int, depth));

static int answer(void)
{
	return 42;
}
AWAITABLE_VALUE(int, answer);

static void assert_runs(const char *debug, const char *mode)
{
	assert_int_equal(run_again(debug, mode), 0);
}

enum { LEAK_LINE = __LINE__ + 5 };
static int run_mode(const char *what)
{
	for (int i = 0; strcmp(what, "leak") == 0 && i < 5; i++) {
		/* Two that are waited for, three that are not. */
		await_page *aw = awaitable(fetch, "x", i);

		if (i < 2)
			await_wait(aw, NULL);
	}
	if (strcmp(what, "leak") == 0) {
		await_nowait(int, 1);
		await_promise(int);
		await_unref(awaitable(answer));
	}
	if (strcmp(what, "usr2") == 0) {
		await_nowait(int, 1);
		raise(SIGUSR2);
	}
	return 0;
}

static void leaks_at_exit(void **state)
{
	char want[600];

	(void)state;
	assert_runs("leaks", "leak");
	snprintf(want, sizeof(want),
		 ": 4\n"
		 "await:    2 page fetch created options.c:%d in run_mode\n",
		 LEAK_LINE);
	assert_non_null(strstr(text, want));
	assert_ptr_equal(strstr(text, "await: alive at exit of process "),
			 text);
	assert_non_null(strstr(text, "await:    1 int nowait created "));
	assert_non_null(strstr(text, "await:    1 int promise created "));
	snprintf(want, sizeof(want),
		 "await: alive and never waited for: 3\n"
		 "await:    3 page fetch created options.c:%d in run_mode\n",
		 LEAK_LINE);
	assert_string_equal(strstr(text, "await: alive and"), want);
	assert_null(strstr(text, "answer"));
	assert_runs("leaks", "nothing");
	assert_ptr_equal(strstr(text, "await: none alive at exit of process "),
			 text);
	assert_runs("", "leak");
	assert_string_equal(text, "");
}

#define KNOWN "known are: args, check, fail-alloc=N, leaks, dump-on-usr2"
static void unknown_options(void **state)
{
	(void)state;
	assert_runs("leek,,leaks,x", "nothing");
	assert_ptr_equal(
		strstr(text,
		       "await: LIBAWAIT_DEBUG: unknown option leek, " KNOWN "\n"
		       "await: LIBAWAIT_DEBUG: unknown option x, " KNOWN "\n"
		       "await: none alive"),
		text);
}

static void dump_on_a_signal(void **state)
{
	(void)state;
	assert_runs("dump-on-usr2", "usr2");
	assert_non_null(strstr(text, " int resolved nowait = 1 created "));
	assert_non_null(strstr(text, "\n1 await: 1 resolved\n"));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leaks_at_exit),
		cmocka_unit_test(unknown_options),
		cmocka_unit_test(dump_on_a_signal),
	};

	if (argc > 1)
		return run_mode(argv[1]);
	alarm(120);
	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
