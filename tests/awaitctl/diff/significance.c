/* SPDX-License-Identifier: MIT */
/*
 * The rank test. What is expected was counted by Python, over all
 * itertools.combinations() of the ranks: so many of so many ways to deal the
 * durations out are as uneven; and, of more durations, by math.erfc().
 * test_diff.py counts it again for what it records.
 */
#include "awaitctl/diff/significance.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

enum { MOST = 8 };

static void fill(struct histogram *histogram, const uint64_t *durations)
{
	for (; *durations; durations++)
		assert_int_equal(histogram_add(histogram, *durations), 0);
}

static struct significance find(const uint64_t *a, const uint64_t *b)
{
	struct histogram first = { 0 }, second = { 0 };
	struct significance found;

	fill(&first, a);
	fill(&second, b);
	found = significance_of(&first, &second);
	histogram_free(&first);
	histogram_free(&second);
	return found;
}

static void assert_near(double found, double expected)
{
	if (fabs(found - expected) > 1e-9)
		fail_msg("%.12f, not %.12f", found, expected);
}

static void exactly(void **state)
{
	static const struct {
		uint64_t a[MOST], b[MOST]; /* 0 after the last */
		double uneven, ways, greater;
	} cases[] = {
		{ { 1, 2, 3 }, { 4, 5, 6 }, 2, 20, 1 },
		{ { 1, 2, 3, 4 }, { 2, 3, 4, 5 }, 32, 70, 0.71875 },
		{ { 10 }, { 20 }, 2, 2, 1 },
		{ { 5, 5, 5 }, { 5, 5 }, 10, 10, 0.5 },
		{ { 100, 200, 300, 400, 500 },
		  { 150, 250, 1000 },
		  56,
		  56,
		  8 / 15.0 },
		{ { 1, 1, 2, 2, 3 }, { 2, 3, 3, 4, 4, 4 }, 13, 462, 0.9 },
		{ { 9, 8, 7, 1 }, { 2, 3 }, 8, 15, 0.25 },
		{ { 1000, 2000, 4000, 8000, 16000, 32000 },
		  { 70000, 80000, 90000, 100000, 3000, 110000, 120000 },
		  24,
		  1716,
		  38 / 42.0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		double p = cases[i].uneven / cases[i].ways;
		struct significance found = find(cases[i].a, cases[i].b);

		assert_near(found.p, p);
		assert_near(found.greater, cases[i].greater);
		found = find(cases[i].b, cases[i].a);
		assert_near(found.p, p);
		assert_near(found.greater, 1 - cases[i].greater);
	}
}

static void by_the_normal_distribution(void **state)
{
	struct histogram a = { 0 }, b = { 0 };
	struct significance found;

	(void)state;
	for (uint64_t i = 0; i < 20; i++)
		assert_int_equal(histogram_add(&a, 10 + i % 7), 0);
	for (uint64_t i = 0; i < 15; i++)
		assert_int_equal(histogram_add(&b, 12 + i % 7), 0);
	found = significance_of(&a, &b);
	assert_near(found.p, 0.017034635040388463);
	assert_near(found.greater, 0.7383333333333333);
	found = significance_of(&b, &a);
	assert_near(found.p, 0.017034635040388463);
	/* The same, and all equal: nothing is known of them. */
	found = significance_of(&a, &a);
	assert_near(found.p, 1);
	histogram_free(&a);
	histogram_free(&b);
	a = b = (struct histogram){ 0 };
	for (int i = 0; i < 100; i++)
		assert_int_equal(histogram_add(&a, 7), 0);
	found = significance_of(&a, &a);
	assert_near(found.p, 1);
	assert_near(found.greater, 0.5);
	histogram_free(&a);
}

/* As far apart, and more, than any program takes. */
static void of_extremes(void **state)
{
	struct histogram a = { 0 }, b = { 0 };
	struct significance found;

	(void)state;
	assert_int_equal(histogram_add(&a, 0), 0);
	assert_int_equal(histogram_add(&b, UINT64_MAX), 0);
	found = significance_of(&a, &b);
	assert_near(found.p, 1);
	assert_near(found.greater, 1);
	b.counts[b.octaves * HISTOGRAM_PARTS - 1] = b.count = UINT64_C(1) << 50;
	found = significance_of(&a, &b);
	/* That one of so many equal ones is another has one way of them all. */
	assert_true(found.p >= 0 && found.p < 1e-9);
	assert_near(found.greater, 1);
	histogram_free(&a);
	histogram_free(&b);
}

static void many_together(void **state)
{
	double values[] = { 0.01, 0.02, 0.02, 0.2, 0.9 };
	const double expected[] = { 0.05, 0.08, 0.08, 0.4, 0.9 };
	double *p[5], large[] = { 0.4, 0.5 }, *few[] = { &large[0], &large[1] };

	(void)state;
	for (int i = 0; i < 5; i++)
		p[i] = &values[i];
	significance_adjust(p, 5);
	for (int i = 0; i < 5; i++)
		assert_near(values[i], expected[i]);
	significance_adjust(few, 2);
	assert_near(large[0], 0.8);
	assert_near(large[1], 0.8);
	significance_adjust(NULL, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exactly),
		cmocka_unit_test(by_the_normal_distribution),
		cmocka_unit_test(of_extremes),
		cmocka_unit_test(many_together),
	};

	return cmocka_run_group_tests_name("significance", tests, NULL, NULL);
}
