/* SPDX-License-Identifier: MIT */
/* What a report's options choose. */
#include "awaitctl/read/chosen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void times_are_read(void **state)
{
	static const struct {
		const char *text;
		bool before_end;
		int64_t ns;
	} cases[] = {
		{ "0", false, 0 },
		{ "2", false, 2000000000 },
		{ "1.5", false, 1500000000 },
		{ "1.5s", false, 1500000000 },
		{ "200ms", false, 200000000 },
		{ "12us", false, 12000 },
		{ "7ns", false, 7 },
		{ "0.000000001", false, 1 },
		{ "0.0000000019s", false, 1 },
		{ "1.0005us", false, 1000 },
		{ "1.123456789s", false, 1123456789 },
		{ "-0.25", true, 250000000 },
		{ "-3ms", true, 3000000 },
		{ "3600000000", false, 3600000000000000000 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct chosen_time time;

		assert_true(chosen_time_parse(&time, cases[i].text));
		assert_ptr_equal(time.text, cases[i].text);
		assert_int_equal(time.before_end, cases[i].before_end);
		assert_int_equal(time.ns, cases[i].ns);
	}
}

static void times_are_of_the_recording(void **state)
{
	struct chosen_time time;

	(void)state;
	assert_true(chosen_time_parse(&time, "7ns"));
	assert_int_equal(chosen_time_at(&time, 100, 200), 107);
	assert_int_equal(chosen_time_at(&time, INT64_MAX - 6, 0), INT64_MAX);
	assert_true(chosen_time_parse(&time, "-7ns"));
	assert_int_equal(chosen_time_at(&time, 100, 200), 193);
	assert_int_equal(chosen_time_at(&time, 0, INT64_MIN + 6), INT64_MIN);
}

static void what_is_no_time_is_refused(void **state)
{
	static const char *const cases[] = {
		"",	 "-",	"s",	      "1.",    ".5",
		"1.s",	 "1 s", "+1",	      "--1",   "1e3",
		"1,5",	 "1m",	"1S",	      "1.5.5", "0x1",
		"1.5ss", "nan", "3600000001", "1.-5",  "99999999999999999999",
	};
	struct chosen_time time = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_false(chosen_time_parse(&time, cases[i]));
	assert_null(time.text);
}

static bool has(const char *site, const char *file, uint32_t line)
{
	struct chosen chosen = { .site = site };
	struct lives_function function = { .name = "f", .type = "int" };
	struct lives_site at = { .function = &function,
				 .file = file,
				 .line = line };

	return chosen_has_site(&chosen, &at);
}

static void sites_are_ends_of_paths(void **state)
{
	(void)state;
	assert_true(has("a.c", "/x/src/a.c", 7));
	assert_true(has("a.c:7", "/x/src/a.c", 7));
	assert_true(has("src/a.c:7", "/x/src/a.c", 7));
	assert_true(has("/x/src/a.c:7", "/x/src/a.c", 7));
	assert_true(has("/a.c", "/x/src/a.c", 7));
	assert_true(has("a.c:007", "a.c", 7));
	assert_false(has("a.c:8", "/x/src/a.c", 7));
	assert_false(has(".c", "/x/src/a.c", 7));
	assert_false(has("rc/a.c", "/x/src/a.c", 7));
	assert_false(has("y/x/src/a.c", "/x/src/a.c", 7));
	assert_false(has("a.c", NULL, 0));
	assert_false(has("", "a.c", 7));
}

static void functions_are_globs(void **state)
{
	struct chosen chosen = { .function = "fetch_*" };
	struct lives_function function = { .name = "fetch_page" };
	struct lives_site site = { .function = &function };

	(void)state;
	assert_true(chosen_has_site(&chosen, &site));
	function.name = "prefetch_page";
	assert_false(chosen_has_site(&chosen, &site));
}

static void all_of_it_is_named(void **state)
{
	struct chosen chosen = { .function = "f\n*", .pid = 3, .failed = true };
	char text[CHOSEN_TEXT];

	(void)state;
	assert_true(chosen_any(&chosen));
	assert_string_equal(chosen_text(&chosen, text),
			    "--function f\\n* --pid 3 --failed");
	chosen = (struct chosen){ .site = "a.c", .tid = 4 };
	assert_true(chosen_time_parse(&chosen.since, "1s"));
	assert_true(chosen_time_parse(&chosen.until, "-2ms"));
	assert_string_equal(chosen_text(&chosen, text),
			    "--site a.c --tid 4 --since 1s --until -2ms");
	assert_false(chosen_any(&(struct chosen){ 0 }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_read),
		cmocka_unit_test(times_are_of_the_recording),
		cmocka_unit_test(what_is_no_time_is_refused),
		cmocka_unit_test(sites_are_ends_of_paths),
		cmocka_unit_test(functions_are_globs),
		cmocka_unit_test(all_of_it_is_named),
	};

	return cmocka_run_group_tests_name("chosen", tests, NULL, NULL);
}
