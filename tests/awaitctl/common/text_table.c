/* SPDX-License-Identifier: MIT */
#include "awaitctl/common/text_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void prints(struct text_table *table, const char *expected)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	text_table_print(table, out);
	assert_int_equal(fclose(out), 0);
	assert_string_equal(text, expected);
	free(text);
}

static void aligns_columns(void **state)
{
	struct text_table table = { .align = "lrl" };

	(void)state;
	text_table_add(&table, "Name");
	text_table_add(&table, "N");
	text_table_add(&table, "Rest");
	text_table_add(&table, "x");
	text_table_add(&table, "%d", 1234);
	text_table_add(&table, "y");
	prints(&table, "Name     N  Rest\n"
		       "x     1234  y\n");
}

static void ends_lines_without_spaces(void **state)
{
	struct text_table table = { .align = "lll" };

	(void)state;
	text_table_add(&table, "a");
	text_table_add(&table, "bbb");
	text_table_add(&table, "c");
	text_table_add(&table, "a");
	text_table_add(&table, "%s", "");
	text_table_add(&table, "%s", "");
	text_table_add(&table, "%s", "");
	text_table_add(&table, "b");
	text_table_add(&table, "%s", "");
	prints(&table, "a  bbb  c\n"
		       "a\n"
		       "   b\n");
}

static void keeps_to_its_width(void **state)
{
	struct text_table table = { .align = "lrs", .width = 46 };

	(void)state;
	text_table_add(&table, "NAME");
	text_table_add(&table, "N");
	text_table_add(&table, "WHAT");
	text_table_add(&table, "a_function_of_a_long_name");
	text_table_add(&table, "%d", 1234);
	text_table_add(&table, "here is much to say of what it does");
	text_table_add(&table, "\xe6\xbc\xa2");
	text_table_add(&table, "1");
	text_table_add(&table, "x");
	prints(&table, "NAME               N  WHAT\n"
		       "a_fun...g_name  1234  here is much to say of\n"
		       "                      what it does\n"
		       "\xe6\xbc\xa2                 1  x\n");
}

static void names_rows_in_lines_of_their_own(void **state)
{
	struct text_table table = { .align = "llrr", .width = 24, .labels = 2 };

	(void)state;
	text_table_add(&table, "NAME");
	text_table_add(&table, "KIND");
	text_table_add(&table, "COUNT");
	text_table_add(&table, "TOTAL");
	text_table_add(&table, "a_name");
	text_table_add(&table, "int");
	text_table_add(&table, "1");
	text_table_add(&table, "12345678");
	text_table_add(&table, "%s", "");
	text_table_add(&table, "%s", "");
	text_table_add(&table, "2");
	text_table_add(&table, "3");
	prints(&table, "NAME    KIND\n"
		       "  COUNT     TOTAL\n"
		       "a_name  int\n"
		       "      1  12345678\n"
		       "      2         3\n");
}

static void numbers_stay_whole(void **state)
{
	struct text_table table = { .align = "lr", .width = 10 };

	(void)state;
	text_table_add(&table, "abc");
	text_table_add(&table, "12345678901234567890");
	prints(&table, "abc  12345678901234567890\n");
}

static void shows_places_from_where_the_user_is(void **state)
{
	static const struct {
		const char *place, *here, *expected;
	} cases[] = {
		{ "/home/u/src/a.c:1", "/home/u", "src/a.c:1\n" },
		{ "/home/u/src/a.c:1", "/home/u/src", "a.c:1\n" },
		{ "/home/u/src/a.c:1", "/home/u/sr", "/home/u/src/a.c:1\n" },
		{ "/home/u", "/home/u", "/home/u\n" },
		{ "/home/u/a.c:1", "/", "/home/u/a.c:1\n" },
		{ "/home/u/a.c:1", "", "/home/u/a.c:1\n" },
		{ "/home/u/a.c:1", NULL, "/home/u/a.c:1\n" },
		{ "0x10", "/home/u", "0x10\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct text_table table = { .align = "l",
					    .here = cases[i].here };

		text_table_add_place(&table, cases[i].place);
		prints(&table, cases[i].expected);
	}
}

static void leaves_out_half_a_row(void **state)
{
	struct text_table table = { .align = "ll" };

	(void)state;
	text_table_add(&table, "a");
	text_table_add(&table, "b");
	text_table_add(&table, "a much longer one");
	prints(&table, "a  b\n");
}

static void is_empty_when_it_was_printed(void **state)
{
	struct text_table table = { .align = "l" };

	(void)state;
	prints(&table, "");
	text_table_add(&table, "a");
	prints(&table, "a\n");
	prints(&table, "");
	text_table_add(&table, "b");
	prints(&table, "b\n");
}

static void escapes_what_is_not_printable(void **state)
{
	static const struct {
		const char *given, *expected;
	} cases[] = {
		{ "", "" },
		{ "a b~", "a b~" },
		{ "a\x1b[1mb\n\t\x7f", "a\\x1b[1mb\\n\\t\\x7f" },
		/* UTF-8 of two, three and four bytes. */
		{ "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80",
		  "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80" },
		/* Cut short, without a beginning, too long a form. */
		{ "\xc3", "\\xc3" },
		{ "\xe2\x82", "\\xe2\\x82" },
		{ "\xe2\x82z", "\\xe2\\x82z" },
		{ "\xa9", "\\xa9" },
		{ "\xc0\x80", "\\xc0\\x80" },
		{ "\xff", "\\xff" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct text_table table = { .align = "l" };
		char line[64];

		text_table_add(&table, "%s", cases[i].given);
		snprintf(line, sizeof(line), "%s\n", cases[i].expected);
		prints(&table, line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(aligns_columns),
		cmocka_unit_test(ends_lines_without_spaces),
		cmocka_unit_test(keeps_to_its_width),
		cmocka_unit_test(names_rows_in_lines_of_their_own),
		cmocka_unit_test(numbers_stay_whole),
		cmocka_unit_test(shows_places_from_where_the_user_is),
		cmocka_unit_test(leaves_out_half_a_row),
		cmocka_unit_test(is_empty_when_it_was_printed),
		cmocka_unit_test(escapes_what_is_not_printable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
