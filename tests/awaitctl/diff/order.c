/* SPDX-License-Identifier: MIT */
/* The counts of orders, held against all ways to leave something out. */
#include "awaitctl/diff/order.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include <cmocka.h>

enum { LENGTH = 6 };

static struct order compare(const uint32_t *places, size_t a, size_t b)
{
	struct order order;

	assert_int_equal(order_compare(&order, places, a, b), 0);
	return order;
}

static bool rises(const uint32_t *places, unsigned kept)
{
	int64_t last = -1;

	for (unsigned i = 0; i < LENGTH; i++) {
		if (!(kept >> i & 1))
			continue;
		if (places[i] == ORDER_ALONE || places[i] <= last)
			return false;
		last = places[i];
	}
	return true;
}

/* Of all choices that rise, the largest. */
static size_t longest(const uint32_t *places)
{
	size_t most = 0;

	for (unsigned kept = 0; kept < 1u << LENGTH; kept++) {
		size_t size = (size_t)__builtin_popcount(kept);

		if (size > most && rises(places, kept))
			most = size;
	}
	return most;
}

static size_t tried;

static void check(const uint32_t *places)
{
	struct order order = compare(places, LENGTH, LENGTH);
	size_t both = 0, same = 0;

	for (unsigned i = 0; i < LENGTH; i++)
		both += places[i] != ORDER_ALONE;
	while (same < LENGTH && places[same] == same)
		same++;
	assert_int_equal(order.same, same);
	assert_int_equal(order.only_a, LENGTH - both);
	assert_int_equal(order.only_b, LENGTH - both);
	assert_int_equal(order.moved, both - longest(places));
	tried++;
}

/* Each place is one that is free, or that which the other does not have. */
static void try_all(uint32_t *places, unsigned at, unsigned used)
{
	if (at == LENGTH) {
		check(places);
		return;
	}
	places[at] = ORDER_ALONE;
	try_all(places, at + 1, used);
	for (unsigned i = 0; i < LENGTH; i++) {
		if (used >> i & 1)
			continue;
		places[at] = i;
		try_all(places, at + 1, used | 1u << i);
	}
}

static void all_of_six(void **state)
{
	uint32_t places[LENGTH];

	(void)state;
	try_all(places, 0, 0);
	/* Of six the ways to place each once, or not at all. */
	assert_int_equal(tried, 13327);
}

static void one_ends_before(void **state)
{
	const uint32_t places[] = { 0, 1, 2 };
	struct order order = compare(places, 3, 5);

	(void)state;
	assert_int_equal(order.same, 3);
	assert_int_equal(order.only_b, 2);
	assert_int_equal(order.moved + order.only_a, 0);
	order = compare(places, 2, 2);
	assert_int_equal(order.same, 2);
	assert_int_equal(order.moved + order.only_a + order.only_b, 0);
}

static void nothing(void **state)
{
	struct order order = compare(NULL, 0, 0);

	(void)state;
	assert_int_equal(order.same + order.moved + order.only_a, 0);
	order = compare(NULL, 0, 4);
	assert_int_equal(order.only_b, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_of_six),
		cmocka_unit_test(one_ends_before),
		cmocka_unit_test(nothing),
	};

	return cmocka_run_group_tests_name("order", tests, NULL, NULL);
}
