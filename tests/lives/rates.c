/* SPDX-License-Identifier: MIT */
/* Nothing is lost or moved when intervals become longer. */
#include "make.h"

#include "lives/rates.h"

enum { MANY = 2000 };

static uint64_t times[MANY];

static uint64_t total(const struct rates *rates, enum rate rate)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < rates->count; i++)
		sum += rates->of[rate][i];
	return sum;
}

/* Each interval has as many as there are times in it. */
static void holds(const struct rates *rates, enum rate rate, size_t count)
{
	assert_in_range(rates->count, 1, RATES_MAX);
	assert_true(rates->shift == 0 || rates->count >= RATES_MAX / 2);
	for (size_t i = 0; i < rates->count; i++) {
		uint64_t expected = 0;

		for (size_t k = 0; k < count; k++)
			expected +=
				times[k] >> rates->shift == rates->first + i;
		assert_int_equal(rates->of[rate][i], expected);
	}
	assert_int_equal(total(rates, rate), count);
}

static void intervals_become_longer(void **state)
{
	struct rates rates = { 0 };

	(void)state;
	for (size_t i = 0; i < MANY; i++) {
		times[i] = 1000 + i * i * i;
		rates_add(&rates, RATE_RUNS, times[i]);
		holds(&rates, RATE_RUNS, i + 1);
	}
	assert_int_equal(total(&rates, RATE_WAITS), 0);
}

static void one_has_the_shortest_interval(void **state)
{
	struct rates rates = { 0 };

	(void)state;
	times[0] = UINT64_MAX / 2;
	rates_add(&rates, RATE_CREATED, times[0]);
	holds(&rates, RATE_CREATED, 1);
	times[1] = times[0] + RATES_MAX - 1;
	rates_add(&rates, RATE_CREATED, times[1]);
	holds(&rates, RATE_CREATED, 2);
	assert_int_equal(rates.shift, 0);
	times[2] = times[0] + RATES_MAX;
	rates_add(&rates, RATE_CREATED, times[2]);
	holds(&rates, RATE_CREATED, 3);
	assert_int_equal(rates.shift, 1);
}

/* Of two of which either is the longer, the earlier, or both. */
static void two_are_added_up(void **state)
{
	static const struct {
		uint64_t from, step;
	} parts[][2] = {
		{ { 0, 1 }, { 0, 1000000 } },
		{ { 5000000, 1000 }, { 100, 7 } },
		{ { 100, 7 }, { 5000000, 1000 } },
		{ { 12345, 100 }, { 12345, 100 } },
		{ { 1000000000, 0 }, { 3, 0 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		struct rates both[2] = { 0 }, sum = { 0 };

		for (size_t k = 0; k < MANY; k++) {
			size_t part = k % 2;

			times[k] =
				parts[i][part].from + parts[i][part].step * k;
			rates_add(&both[part], RATE_WAITS, times[k]);
		}
		rates_add_all(&sum, &both[0]);
		rates_add_all(&sum, &both[1]);
		holds(&sum, RATE_WAITS, MANY);
		rates_add_all(&sum, &(struct rates){ 0 });
		holds(&sum, RATE_WAITS, MANY);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(intervals_become_longer),
		cmocka_unit_test(one_has_the_shortest_interval),
		cmocka_unit_test(two_are_added_up),
	};

	return cmocka_run_group_tests_name("rates", tests, NULL, NULL);
}
