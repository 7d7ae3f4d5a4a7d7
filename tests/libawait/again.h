/* SPDX-License-Identifier: MIT */
/* Tests that run their own program again, with LIBAWAIT_DEBUG=leaks, to do one
 * of the functions in its table, and then look at what that wrote at exit. */
#pragma once

#include "child.h"

static void report_of(const char *mode)
{
	assert_int_equal(run_again("leaks", mode), 0);
}

/* What follows in from after what is wanted, in which ~ is any number; NULL if
 * something else is there. */
static const char *match(const char *from, const char *want)
{
	for (; *want != '\0'; want++) {
		if (*want == '~') {
			size_t digits = strspn(from, "0123456789");

			if (digits == 0)
				return NULL;
			from += digits;
		} else if (*from++ != *want) {
			return NULL;
		}
	}
	return from;
}

/* Once, somewhere in the text. */
__attribute__((unused)) static void expect(const char *want)
{
	unsigned n = 0;

	for (const char *at = text; *at != '\0'; at++)
		n += match(at, want) != NULL;
	if (n != 1) {
		print_error("wanted once:\n%s\nin:\n%.4000s\n", want, text);
		fail();
	}
}

/* All of the text. */
__attribute__((unused)) static void expect_all(const char *want)
{
	const char *rest = match(text, want);

	if (!rest || *rest != '\0') {
		print_error("wanted:\n%s\ngot:\n%.4000s\n", want, text);
		fail();
	}
}

/* Headings of the report. */
#define ALIVE "await: alive at exit of process ~: "
#define NEVER "await: alive and never waited for: "
#define DROPPED "await: dropped and never waited for: "
#define NONE "await: none alive at exit of process ~\n"
#define UNLOADED "await: alive though their library was unloaded: "
