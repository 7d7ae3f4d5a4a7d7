/* SPDX-License-Identifier: MIT */
/* The bounded line writer: numbers as printf() writes them, cut lines, and what
 * it lets through of the text of others. */
#include "common/line.h"
#include "unit.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>

static uint64_t seed;

/* xorshift64: the same numbers in every run. */
static uint64_t any(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	return seed ^= seed << 17;
}

static void a_line_that_does_not_fit_is_counted(void **state)
{
	static const char whole[] = "run 3 at 0x1f: -7";

	(void)state;
	for (size_t size = 1; size < sizeof(whole) + 3; size++) {
		char buffer[sizeof(whole) + 4], want[sizeof(whole)];
		struct line line;

		memset(buffer, '~', sizeof(buffer));
		line = line_begin(buffer, size);
		line_text(&line, "run ");
		line_unsigned(&line, 3);
		line_text(&line, " at ");
		line_hex(&line, 0x1f);
		line_char(&line, ':');
		line_char(&line, ' ');
		line_signed(&line, -7);
		line_end(&line);
		snprintf(want, size < sizeof(want) ? size : sizeof(want), "%s",
			 whole);
		assert_string_equal(buffer, want);
		assert_int_equal(line.length, strlen(whole));
		for (size_t i = size; i < sizeof(buffer); i++)
			assert_int_equal(buffer[i], '~');
	}
}

static void check_number(uint64_t number)
{
	char got[80], want[80];
	struct line line = line_begin(got, sizeof(got));

	line_unsigned(&line, number);
	line_char(&line, ' ');
	line_signed(&line, (int64_t)number);
	line_char(&line, ' ');
	line_hex(&line, number);
	line_end(&line);
	snprintf(want, sizeof(want), "%" PRIu64 " %" PRId64 " 0x%" PRIx64,
		 number, (int64_t)number, number);
	assert_string_equal(got, want);
}

static void numbers_are_those_of_printf(void **state)
{
	(void)state;
	for (unsigned bit = 0; bit < 64; bit++)
		for (int near = -1; near <= 1; near++)
			check_number((UINT64_C(1) << bit) + (uint64_t)near);
	check_number(0);
	check_number(UINT64_MAX);
	seed = 13;
	for (int i = 0; i < 10000; i++)
		check_number(any() >> any() % 64);
}

/* --- floating point --- */

static void check_float(long double number)
{
	char got[80], want[80];
	struct line line = line_begin(got, sizeof(got));

	line_float(&line, number);
	line_end(&line);
	snprintf(want, sizeof(want), "%Lg", number);
	assert_string_equal(got, want);
}

static void floats_are_those_of_printf(void **state)
{
	static const double numbers[] = {
		0,
		-0.0,
		1,
		0.5,
		-0.1,
		1e5,
		999999,
		1e6,
		999999.5,
		123456.5,
		99999.95,
		9.999995,
		0.0001,
		0.00001,
		0.00009999995,
		1e-5,
		1e22,
		1e23,
		1e100,
		1e-100,
		DBL_MAX,
		DBL_MIN,
		DBL_TRUE_MIN,
		FLT_MAX,
		FLT_TRUE_MIN,
		HUGE_VAL,
		-HUGE_VAL,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		check_float((long double)numbers[i]);
		check_float((long double)-numbers[i]);
	}
	check_float(LDBL_MAX);
	check_float(LDBL_MIN);
	check_float(LDBL_TRUE_MIN);
}

static void any_float_is_that_of_printf(void **state)
{
	(void)state;
	seed = 4711;
	for (int i = 0; i < 200000; i++) {
		uint64_t bits = any();
		uint32_t half = (uint32_t)bits;
		double d;
		float f;

		memcpy(&d, &bits, sizeof(d));
		memcpy(&f, &half, sizeof(f));
		if (!isnan(d))
			check_float((long double)d);
		if (!isnan(f))
			check_float((long double)f);
		/* Those that people use. */
		check_float((long double)(int64_t)bits /
			    powl(10, (int)(any() % 24)));
	}
}

static void any_long_double_is_that_of_printf(void **state)
{
	(void)state;
	seed = 99;
	for (int i = 0; i < 2000; i++) {
		int range = LDBL_MAX_EXP - LDBL_MIN_EXP;
		int exponent = LDBL_MIN_EXP - 64 + (int)(any() % range);

		check_float(ldexpl((long double)any(), exponent));
	}
}

/* Just between two texts of six digits: the even one is taken. */
static void a_tie_is_rounded_to_even(void **state)
{
	(void)state;
	seed = 7;
	for (int i = 0; i < 10000; i++) {
		/* Seven digits, the last a 5. */
		long double tie =
			(long double)((100000 + any() % 900000) * 10 + 5);

		check_float(tie);
		/* As long as they are numbers that exist. */
		check_float(tie * powl(10, (int)(any() % 13)));
		check_float(tie / 10);
	}
	check_float(2.5L / 1048576);
	check_float(0.0000152587890625L);
}

static void no_number_has_no_sign(void **state)
{
	char got[80];
	struct line line = line_begin(got, sizeof(got));

	(void)state;
	line_float(&line, (long double)NAN);
	line_char(&line, ' ');
	line_float(&line, (long double)-NAN);
	line_end(&line);
	assert_string_equal(got, "nan nan");
}

/* --- the text of others --- */

static void assert_quoted(const char *text, size_t size, const char *want)
{
	char got[200];
	struct line line = line_begin(got, sizeof(got));

	line_quoted(&line, text, size);
	line_end(&line);
	assert_string_equal(got, want);
	assert_int_equal(line.length, strlen(want));
}

#define ASSERT_QUOTED(text, want)                                              \
	assert_quoted(text, sizeof(text) - 1, "\"" want "\"")

static void strings_are_c_literals(void **state)
{
	(void)state;
	ASSERT_QUOTED("", "");
	ASSERT_QUOTED("plain ~text", "plain ~text");
	ASSERT_QUOTED("\a\b\t\n\v\f\r", "\\a\\b\\t\\n\\v\\f\\r");
	ASSERT_QUOTED("\"\\'", "\\\"\\\\'");
	ASSERT_QUOTED("\0001\0337\177", "\\x001\\x1b7\\x7f");
	/* UTF-8 of every length, and their ends. */
	ASSERT_QUOTED("\xc3\xa9 \xe6\x97\xa5 \xf0\x9f\x98\x80",
		      "\xc3\xa9 \xe6\x97\xa5 \xf0\x9f\x98\x80");
	ASSERT_QUOTED("\xc2\xa0\xef\xbf\xbf\xf4\x8f\xbf\xbf",
		      "\xc2\xa0\xef\xbf\xbf\xf4\x8f\xbf\xbf");
}

static void what_is_not_utf8_is_escaped(void **state)
{
	(void)state;
	ASSERT_QUOTED("\xff\xfe", "\\xff\\xfe");
	ASSERT_QUOTED("\x80", "\\x80");		 /* no beginning */
	ASSERT_QUOTED("\xe6\x97", "\\xe6\\x97"); /* no end */
	ASSERT_QUOTED("\xe6\x97x", "\\xe6\\x97x");
	ASSERT_QUOTED("\xe6\x97\xe6", "\\xe6\\x97\\xe6");
	ASSERT_QUOTED("\xc0\xaf", "\\xc0\\xaf"); /* longer than need be */
	ASSERT_QUOTED("\xe0\x82\x80", "\\xe0\\x82\\x80");
	ASSERT_QUOTED("\xf0\x80\x82\x80", "\\xf0\\x80\\x82\\x80");
	ASSERT_QUOTED("\xed\xa0\x80", "\\xed\\xa0\\x80"); /* half a character */
	ASSERT_QUOTED("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");
}

static void what_controls_terminals_is_escaped(void **state)
{
	(void)state;
	ASSERT_QUOTED("\33[2J", "\\x1b[2J");
	ASSERT_QUOTED("\302\2332J", "\\xc2\\x9b2J");	  /* the same in one */
	ASSERT_QUOTED("\xe2\x80\xae", "\\xe2\\x80\\xae"); /* right to left */
	ASSERT_QUOTED("\xe2\x80\xa8", "\\xe2\\x80\\xa8"); /* another line */
}

static void long_strings_are_cut(void **state)
{
	char text[40];

	(void)state;
	memset(text, 'a', sizeof(text));
	assert_quoted(text, 32, "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"");
	assert_quoted(text, 33, "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"...");
	assert_quoted(text, 36, "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"...");
	/* Not within a character. */
	memcpy(text + 30, "\xe6\x97\xa5", 3);
	assert_quoted(text, 33, "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"...");
	memcpy(text + 29, "\xe6\x97\xa5", 3);
	text[32] = 'b';
	assert_quoted(text, 33,
		      "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaa\xe6\x97\xa5\"...");
	memset(text, 'a', 31);
	memcpy(text + 31, "\xf0\x9f\x98\x80", 4);
	assert_quoted(text, QUOTED_SIZE,
		      "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"...");
}

static void names_have_no_quotes(void **state)
{
	static const char name[] = "fetch_\xc3\xa9\"\\\33\xff\xc2\x9b\n";
	static const char shown[] = "fetch_\xc3\xa9\"\\\\x1b\\xff\\xc2\\x9b\\n";
	char got[80], again[80];
	struct line line = line_begin(got, sizeof(got));

	(void)state;
	line_printable(&line, name, sizeof(name) - 1);
	line_end(&line);
	assert_string_equal(got, shown);
	assert_int_equal(line.length, sizeof(shown) - 1);
	line = line_begin(again, sizeof(again));
	line_printable(&line, got, strlen(got));
	line_end(&line);
	assert_string_equal(again, shown);
}

static size_t encode(uint32_t c, char text[4])
{
	static const unsigned char marks[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	size_t length = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	for (size_t i = length; i-- > 0; c >>= 6)
		text[i] = (char)(length == 1 ? c :
				 i == 0	     ? (marks[length] | c) :
					       (0x80 | (c & 0x3f)));
	return length;
}

static void every_character_is_judged(void **state)
{
	char text[4];

	(void)state;
	for (uint32_t c = 0; c < 0x110000; c++) {
		size_t length = encode(c, text);
		bool good =
			(c >= 0x20 && c < 0x7f) ||
			(c >= 0xa0 && c < 0xd800 && c != 0x61c && c != 0x200e &&
			 c != 0x200f && !(c >= 0x2028 && c <= 0x202e) &&
			 !(c >= 0x2066 && c <= 0x2069)) ||
			c >= 0xe000;

		assert_int_equal(printable_length(text, 4), good ? length : 0);
		assert_int_equal(printable_length(text, length - 1), 0);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_that_does_not_fit_is_counted),
		cmocka_unit_test(numbers_are_those_of_printf),
		cmocka_unit_test(floats_are_those_of_printf),
		cmocka_unit_test(any_float_is_that_of_printf),
		cmocka_unit_test(any_long_double_is_that_of_printf),
		cmocka_unit_test(a_tie_is_rounded_to_even),
		cmocka_unit_test(no_number_has_no_sign),
		cmocka_unit_test(strings_are_c_literals),
		cmocka_unit_test(what_is_not_utf8_is_escaped),
		cmocka_unit_test(what_controls_terminals_is_escaped),
		cmocka_unit_test(long_strings_are_cut),
		cmocka_unit_test(names_have_no_quotes),
		cmocka_unit_test(every_character_is_judged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
