/* SPDX-License-Identifier: MIT */
/* Chains of parents: those that a program has, and one that only damage makes.
 */
#include "awaitctl/read/belonging.h"
#include "lives/processes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define TAG "0123456789abcdef"

/* Each is the parent of the one before. The last is the recording's. */
static enum belonging first_of_chain(int64_t count)
{
	struct lives lives = { 0 };
	enum belonging first;

	for (int64_t i = 1; i <= count; i++) {
		struct lives_process like = { .number = i,
					      .session = "await-prog-" TAG };
		struct lives_process *process =
			processes_replace(&lives, &like, 0);

		process->before = NULL;
		process->ppid = i + 1;
		process->recordings = i < count ? "" : TAG;
	}
	belonging_decide(&lives, false);
	first = lives.processes[0]->belonging;
	lives_free(&lives);
	return first;
}

static void descendants_belong(void **state)
{
	(void)state;
	assert_int_equal(first_of_chain(1), BELONGS);
	assert_int_equal(first_of_chain(100), BELONGS);
}

static void a_chain_without_end_is_not_followed(void **state)
{
	(void)state;
	assert_int_equal(first_of_chain(300000), BELONGS_NOT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(descendants_belong),
		cmocka_unit_test(a_chain_without_end_is_not_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
