/* SPDX-License-Identifier: MIT */
#include "common/number.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { UNTOUCHED = 4711 };

static void reads_what_begins_with_digits(void **state)
{
	static const struct {
		const char *text, *rest;
		uint64_t value;
	} cases[] = {
		{ "0", "", 0 },
		{ "7", "", 7 },
		{ "0012", "", 12 },
		{ "256k", "k", 256 },
		{ "3+:50", "+:50", 3 },
		{ "0x10", "x10", 0 },
		{ "1e3", "e3", 1 },
		{ "12 34", " 34", 12 },
		{ "18446744073709551615,", ",", UINT64_MAX },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t value = UNTOUCHED;
		const char *rest =
			number_prefix(cases[i].text, UINT64_MAX, &value);

		assert_non_null(rest);
		assert_string_equal(rest, cases[i].rest);
		assert_int_equal(value, cases[i].value);
	}
}

static void refuses_what_does_not(void **state)
{
	static const char *const texts[] = { "",     " 1",  "+1", "-1",
					     "\t2",  "x",   ":3", "/",
					     "\xb2", "\n4", ".5" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		uint64_t value = UNTOUCHED;

		assert_null(number_prefix(texts[i], UINT64_MAX, &value));
		assert_int_equal(value, UNTOUCHED);
	}
}

static void stops_at_the_maximum(void **state)
{
	static const struct {
		const char *text;
		uint64_t max;
		bool fits;
	} cases[] = {
		{ "0", 0, true },
		{ "1", 0, false },
		{ "5", 5, true },
		{ "6", 5, false },
		{ "10", 9, false },
		{ "19", 19, true },
		{ "20", 19, false },
		{ "00000000000000000000000019", 19, true },
		{ "4294967295", UINT32_MAX, true },
		{ "4294967296", UINT32_MAX, false },
		{ "18446744073709551615", UINT64_MAX, true },
		{ "18446744073709551616", UINT64_MAX, false },
		{ "18446744073709551619", UINT64_MAX, false },
		/* 2^64 + 5: what would be left if it wrapped around. */
		{ "18446744073709551621", 10, false },
		{ "99999999999999999999999999", UINT64_MAX, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t value = UNTOUCHED;
		const char *rest =
			number_prefix(cases[i].text, cases[i].max, &value);

		assert_int_equal(rest != NULL, cases[i].fits);
		assert_int_equal(value == UNTOUCHED, !cases[i].fits);
	}
}

static void wants_all_of_the_text(void **state)
{
	uint64_t value = UNTOUCHED;

	(void)state;
	assert_false(number_parse("12k", 0, 100, &value));
	assert_false(number_parse("12 ", 0, 100, &value));
	assert_false(number_parse("", 0, 100, &value));
	assert_false(number_parse("101", 0, 100, &value));
	assert_int_equal(value, UNTOUCHED);
	assert_true(number_parse("100", 0, 100, &value));
	assert_int_equal(value, 100);
}

static void wants_the_minimum(void **state)
{
	uint64_t value = UNTOUCHED;

	(void)state;
	assert_false(number_parse("0", 1, 64, &value));
	assert_false(number_parse("999", 1000, 2000, &value));
	assert_int_equal(value, UNTOUCHED);
	assert_true(number_parse("1000", 1000, 2000, &value));
	assert_int_equal(value, 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_begins_with_digits),
		cmocka_unit_test(refuses_what_does_not),
		cmocka_unit_test(stops_at_the_maximum),
		cmocka_unit_test(wants_all_of_the_text),
		cmocka_unit_test(wants_the_minimum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
