/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* qsort_r */
#include "awaitctl/ps/sort.h"

#include <await/core.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct process_copy first = {
	.layout = { .abi = { .state_mask = 7 }, .at = 0x1000 },
	.slots = { .layout = &first.layout },
};
static struct process_copy second = {
	.layout = { .abi = { .state_mask = 7 }, .at = 0x2000 },
	.slots = { .layout = &second.layout },
};

static const struct names_func fetch = { .name = "fetch",
					 .type = { .name = "page" } };
static const struct names_func add = { .name = "add",
				       .type = { .name = "sum" } };
static const struct names_site at_a9 = {
	.known = true, .func = &fetch, .file = "a.c", .line = 9
};
static const struct names_site at_a10 = {
	.known = true, .func = &add, .file = "a.c", .line = 10
};
static const struct names_site at_b1 = {
	.known = true, .func = &add, .file = "b.c", .line = 1
};
static const struct names_site lost = { .address = 0x100 };
static const struct names_site lost_too = { .address = 0x200 };

static struct view_row row(uint64_t id, enum await_state state,
			   const struct names_site *site)
{
	return (struct view_row){
		.seen = { .address = 0x1000 * id, .id = id, .word = state },
		.copy = &first,
		.site = site,
	};
}

/* Sorts rows, and compares their ids, which are numbers of one digit. */
static void sorts(const struct view *view, const struct view_row *rows,
		  size_t count, const char *expected)
{
	struct view_row sorted[9];
	char ids[10] = "";

	assert_true(count < 10);
	memcpy(sorted, rows, count * sizeof(*rows));
	qsort_r(sorted, count, sizeof(*sorted), sort_compare_rows,
		(void *)view);
	for (size_t i = 0; i < count; i++)
		ids[i] = (char)('0' + (uint32_t)sorted[i].seen.id);
	assert_string_equal(ids, expected);
}

static void by_key(void **state)
{
	const struct view_row rows[] = {
		row(4, AWAIT_PENDING, &at_a10),	 row(3, AWAIT_RESOLVED, &lost),
		row(2, AWAIT_RUNNING, &at_b1),	 row(1, AWAIT_FAILED, &at_a9),
		row(5, AWAIT_CANCELLED, &at_a9),
	};
	static const struct {
		enum view_key key;
		const char *expected;
	} cases[] = {
		{ VIEW_BY_ID, "12345" },
		/* running, failed, pending, resolved, cancelled */
		{ VIEW_BY_STATE, "21435" },
		/* ?, add, add, fetch, fetch; page, sum: by id if equal */
		{ VIEW_BY_FUNCTION, "32415" },
		{ VIEW_BY_TYPE, "31524" },
		/* a.c:9 before a.c:10, what is not known last */
		{ VIEW_BY_SITE, "15423" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct view_options options = { .sort = cases[i].key };
		const struct view view = { .options = &options };
		char reversed[6] = "";

		sorts(&view, rows, 5, cases[i].expected);
		for (size_t j = 0; j < 5; j++)
			reversed[j] = cases[i].expected[4 - j];
		options.reverse = true;
		sorts(&view, rows, 5, reversed);
	}
}

static void most_attempts_first(void **state)
{
	const struct view_options options = { .sort = VIEW_BY_ATTEMPTS };
	const struct view view = { .options = &options };
	struct view_row rows[] = {
		row(1, AWAIT_FAILED, &at_a9),
		row(2, AWAIT_FAILED, &at_a9),
		row(3, AWAIT_FAILED, &at_a9),
	};

	(void)state;
	/* Above the attempts stands the generation. */
	rows[0].seen.serial = 0x901;
	rows[1].seen.serial = 0x0ff;
	rows[2].seen.serial = 0x302;
	sorts(&view, rows, 3, "231");
}

static void most_waiters_first(void **state)
{
	uint64_t waits[] = { 0x2000, 0x3000, 0x3000 };
	const struct view_options options = { .sort = VIEW_BY_WAITERS };
	const struct view view = { .options = &options,
				   .waits = waits,
				   .wait_count = 3 };
	const struct view_row rows[] = {
		row(1, AWAIT_PENDING, &at_a9),
		row(2, AWAIT_PENDING, &at_a9),
		row(3, AWAIT_PENDING, &at_a9),
	};
	const struct view_row descending[] = { rows[2], rows[1], rows[0] };

	(void)state;
	assert_int_equal(view_waiters(&view, &rows[0].seen), 0);
	assert_int_equal(view_waiters(&view, &rows[1].seen), 1);
	assert_int_equal(view_waiters(&view, &rows[2].seen), 2);
	sorts(&view, rows, 3, "321");
	sorts(&view, descending, 3, "321");
}

/* #2 of a copy before #1 of the next, and #1.7 before #2. */
static void ids_by_copy_and_slot(void **state)
{
	const struct view_options options = { .sort = VIEW_BY_ID };
	const struct view view = { .options = &options };
	struct view_row rows[] = {
		row(1, AWAIT_PENDING, &at_a9),
		row(2, AWAIT_PENDING, &at_a9),
		row(3, AWAIT_PENDING, &at_a9),
	};

	(void)state;
	rows[0].copy = &second;
	rows[1].seen.id |= (uint64_t)7 << 32;
	sorts(&view, rows, 3, "231");
}

static void sites(void **state)
{
	(void)state;
	assert_int_equal(sort_compare_sites(&at_a9, &at_a9), 0);
	assert_true(sort_compare_sites(&at_a9, &at_a10) < 0);
	assert_true(sort_compare_sites(&at_b1, &at_a10) > 0);
	assert_true(sort_compare_sites(&at_b1, &lost) < 0);
	assert_true(sort_compare_sites(&lost, &at_b1) > 0);
	assert_true(sort_compare_sites(&lost, &lost_too) < 0);
	assert_int_equal(sort_compare_sites(&lost, &lost), 0);
}

static void largest_groups_first(void **state)
{
	const struct view_group small = { .site = &at_a9, .total = 1 };
	const struct view_group large = { .site = &at_b1, .total = 2 };
	const struct view_group other = { .site = &at_a10, .total = 2 };
	const struct view_options options = { .group = VIEW_BY_SITE };
	struct view view = { .options = &options };

	(void)state;
	assert_true(sort_compare_groups(&large, &small, &view) < 0);
	assert_true(sort_compare_groups(&small, &large, &view) > 0);
	/* Both of add(): by their sites. */
	assert_true(sort_compare_groups(&other, &large, &view) < 0);
	assert_int_equal(sort_compare_groups(&large, &large, &view), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_key),
		cmocka_unit_test(most_attempts_first),
		cmocka_unit_test(most_waiters_first),
		cmocka_unit_test(ids_by_copy_and_slot),
		cmocka_unit_test(sites),
		cmocka_unit_test(largest_groups_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
