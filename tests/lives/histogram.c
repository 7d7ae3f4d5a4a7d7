/* SPDX-License-Identifier: MIT */
/* Percentiles are at most 1 % off, whatever the durations. */
#include "make.h"

#include "lives/histogram.h"

enum { MANY = 10000 };

static uint64_t numbers[MANY];
static struct histogram histogram;
static uint64_t seed;

static int setup(void **state)
{
	(void)state;
	histogram = (struct histogram){ 0 };
	seed = 1;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	histogram_free(&histogram);
	return 0;
}

static uint64_t next_number(void)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return seed >> 16;
}

static int by_size(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

/* Against the numbers themselves, in order. */
static void check(size_t count)
{
	static const unsigned percents[] = { 1, 10, 50, 90, 99, 100 };

	for (size_t i = 0; i < count; i++)
		assert_int_equal(histogram_add(&histogram, numbers[i]), 0);
	qsort(numbers, count, sizeof(numbers[0]), by_size);
	assert_int_equal(histogram.count, count);
	assert_int_equal(histogram.least, numbers[0]);
	assert_int_equal(histogram.most, numbers[count - 1]);
	for (size_t i = 0; i < sizeof(percents) / sizeof(percents[0]); i++) {
		size_t rank = (count * percents[i] + 99) / 100;
		uint64_t is = numbers[rank - 1];
		uint64_t found = histogram_percentile(&histogram, percents[i]);
		uint64_t off = found > is ? found - is : is - found;

		if (off > is / 100)
			fail_msg("p%u of %zu: %llu is %llu", percents[i], count,
				 (unsigned long long)found,
				 (unsigned long long)is);
	}
}

static void of_none_all_are_0(void **state)
{
	(void)state;
	assert_int_equal(histogram_percentile(&histogram, 50), 0);
	assert_int_equal(histogram.least, 0);
	assert_int_equal(histogram.most, 0);
}

static void short_ones_are_exact(void **state)
{
	(void)state;
	for (size_t i = 0; i < 128; i++)
		numbers[i] = i;
	check(128);
	for (unsigned percent = 1; percent <= 100; percent++)
		assert_int_equal(histogram_percentile(&histogram, percent),
				 numbers[(128 * percent + 99) / 100 - 1]);
}

static void one_is_all(void **state)
{
	(void)state;
	numbers[0] = 123456789;
	check(1);
	assert_int_equal(histogram_percentile(&histogram, 1), 123456789);
	assert_int_equal(histogram_percentile(&histogram, 100), 123456789);
}

/* Between 2^0 and 2^48 ns, three days. */
static void of_all_sizes(void **state)
{
	(void)state;
	for (size_t i = 0; i < MANY; i++)
		numbers[i] = next_number() >> (next_number() % 48);
	check(MANY);
}

static void of_one_size(void **state)
{
	(void)state;
	for (size_t i = 0; i < MANY; i++)
		numbers[i] = 1000000 + next_number() % 5000;
	check(MANY);
}

/* Whatever a damaged trace says. */
static void the_longest(void **state)
{
	(void)state;
	numbers[0] = UINT64_MAX;
	numbers[1] = UINT64_MAX - 1;
	numbers[2] = (uint64_t)1 << 63;
	numbers[3] = 0;
	check(4);
}

static void two_are_added(void **state)
{
	struct histogram both = { 0 }, empty = { 0 };

	(void)state;
	for (size_t i = 0; i < MANY; i++)
		numbers[i] = next_number() % 1000;
	for (size_t i = 0; i < MANY; i++)
		assert_int_equal(histogram_add(i % 3 ? &histogram : &both,
					       numbers[i] << i % 3 * 9),
				 0);
	for (size_t i = 0; i < MANY; i++)
		numbers[i] <<= i % 3 * 9;
	assert_int_equal(histogram_add_all(&both, &histogram), 0);
	assert_int_equal(histogram_add_all(&both, &empty), 0);
	histogram_free(&histogram);
	histogram = (struct histogram){ 0 };
	check(MANY);
	assert_int_equal(both.count, histogram.count);
	assert_int_equal(both.total, histogram.total);
	assert_int_equal(both.least, histogram.least);
	assert_int_equal(both.most, histogram.most);
	for (unsigned percent = 1; percent <= 100; percent++)
		assert_int_equal(histogram_percentile(&both, percent),
				 histogram_percentile(&histogram, percent));
	histogram_free(&both);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(of_none_all_are_0), TEST(short_ones_are_exact),
		TEST(one_is_all),	 TEST(of_all_sizes),
		TEST(of_one_size),	 TEST(the_longest),
		TEST(two_are_added),
	};

	return cmocka_run_group_tests_name("histogram", tests, NULL, NULL);
}
