/* SPDX-License-Identifier: MIT */
#include "awaitctl/common/columns.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* One column wide, two, none, and what is no character. */
#define E_ACUTE "\xc3\xa9"
#define HAN "\xe6\xbc\xa2"
#define SMILE "\xf0\x9f\x98\x80"
#define ABOVE "\xcc\x81"

static void wide_ones_count_twice(void **state)
{
	static const struct {
		const char *text;
		size_t count;
	} cases[] = {
		{ "", 0 },	    { "a b", 3 },      { E_ACUTE, 1 },
		{ HAN HAN "x", 5 }, { SMILE, 2 },      { "e" ABOVE "x", 2 },
		{ "\xff\xc3", 2 },  { "\xe6\xbc", 2 }, { "\\x1b", 4 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(columns_count(cases[i].text), cases[i].count);
}

static void shows(const char *text, size_t most, const char *expected)
{
	char *written = NULL;
	size_t size, count;
	FILE *out = open_memstream(&written, &size);

	assert_non_null(out);
	count = columns_put(text, most, out);
	assert_int_equal(fclose(out), 0);
	assert_string_equal(written, expected);
	assert_int_equal(count, columns_count(expected));
	free(written);
}

static void both_ends_stay(void **state)
{
	(void)state;
	shows("/usr/include/x.h:12", 19, "/usr/include/x.h:12");
	shows("/usr/include/x.h:12", 12, "/usr....h:12");
	shows("/usr/include/x.h:12", 13, "/usr/....h:12");
	shows("abcdefgh", 5, "a...h");
	shows("abcdefgh", 2, "...");
	/* No half of a wide one. */
	shows(HAN HAN HAN HAN HAN HAN, 9, HAN "..." HAN);
	shows(HAN HAN HAN HAN HAN HAN, 11, HAN HAN "..." HAN HAN);
	/* Nothing stands above the dots. */
	shows("abcde" ABOVE "f", 5, "a...f");
	shows("abcdefe" ABOVE, 5, "a...e" ABOVE);
}

static void words_stay_whole(void **state)
{
	(void)state;
	assert_int_equal(columns_words("one two three", 20), 13);
	assert_int_equal(columns_words("one two three", 8), 7);
	assert_int_equal(columns_words("one two three", 7), 7);
	assert_int_equal(columns_words("one two three", 6), 3);
	assert_int_equal(columns_words("three two", 2), 5);
	assert_int_equal(columns_words("", 2), 0);
	assert_int_equal(columns_words(HAN " " HAN, 4), strlen(HAN));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wide_ones_count_twice),
		cmocka_unit_test(both_ends_stay),
		cmocka_unit_test(words_stay_whole),
	};

	return cmocka_run_group_tests_name("columns", tests, NULL, NULL);
}
