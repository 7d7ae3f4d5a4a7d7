/* SPDX-License-Identifier: MIT */
#include "awaitctl/ps/view_warnings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void note(void *data, const char *name, const char *text)
{
	char *all = data;
	size_t length = strlen(all);

	snprintf(all + length, 1000 - length, "%s: %s\n", name, text);
}

static void each_of_what_there_is_cause_for(void **state)
{
	struct process_copy fine = { .object = "libawait.so.0" };
	struct process_copy bad = { .object = "plugin.so",
				    .slots = { .damaged = true,
					       .changing = 1 } };
	struct process_copy busy = { .object = "prog",
				     .slots = { .changing = 12 } };
	struct process_copy *copies[] = { &fine, &bad, &busy };
	struct process process = {
		.copies = copies,
		.count = 3,
		.memory = { .pid = 7, .stopped = true },
	};
	struct thread_seen threads[] = { { .moving = true },
					 { .tid = 3 },
					 { .moving = true } };
	struct view view = { .process = &process,
			     .threads = { .threads = threads, .count = 3 } };
	char all[1000] = "";

	(void)state;
	view_warnings(&view, note, all);
	assert_string_equal(
		all,
		"damaged: memory of awaits is damaged in plugin.so: not all "
		"of them are seen\n"
		"awaits-changed: 1 await began and ended too quickly to be "
		"seen\n"
		"awaits-changed: 12 awaits began and ended too quickly to be "
		"seen\n"
		"threads-changed: 2 threads changed too quickly to be seen\n"
		"stopped: stopped: process 7 has more to be read than any "
		"process of its size would: not all of it is seen\n");
}

static void none_without_cause(void **state)
{
	struct process_copy fine = { .object = "libawait.so.0" };
	struct process_copy *copies[] = { &fine };
	struct process process = { .copies = copies, .count = 1 };
	struct thread_seen thread = { .tid = 3 };
	struct view view = { .process = &process,
			     .threads = { .threads = &thread, .count = 1 } };
	char all[1000] = "";

	(void)state;
	view_warnings(&view, note, all);
	assert_string_equal(all, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_of_what_there_is_cause_for),
		cmocka_unit_test(none_without_cause),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
