/* SPDX-License-Identifier: MIT */
#include "awaitctl/read/doubts.h"

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
	struct findings findings = { .incomplete = "the machine was cut off",
				     .damaged = true,
				     .cut_off = 2 };
	char all[1000] = "";

	(void)state;
	lives_discarded(&findings.lives, 3);
	lives_discarded(&findings.lives, 4);
	lives_discarded(&findings.lives, 0); /* so many that nobody knows */
	doubts_find(&findings, note, all);
	assert_string_equal(
		all,
		"events-discarded: 7 EVENTS DISCARDED (buffers full)\n"
		"events-lost: EVENTS LOST 1 TIMES, the trace does not say how "
		"many\n"
		"incomplete: INCOMPLETE: the machine was cut off\n"
		"damaged: TRACE DAMAGED, read up to where it breaks off\n"
		"cut-off: 2 PROCESSES CUT OFF FROM LTTNG FOR SOME TIME, as "
		"they closed its descriptors\n");
}

static void none_without_cause(void **state)
{
	struct findings findings = { .events = 5 };
	char all[1000] = "";

	(void)state;
	doubts_find(&findings, note, all);
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
