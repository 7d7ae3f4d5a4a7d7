/* SPDX-License-Identifier: MIT */
/* See rates.h. */
#include "lives/rates.h"

#include <string.h>

/* Intervals twice as long. What is put together does not overlap: the place of
 * an interval is never behind that of the first of two. */
static void halve(struct rates *rates)
{
	uint64_t first = rates->first / 2;
	size_t count = 0;

	for (int rate = 0; rate < RATES; rate++) {
		uint64_t of[RATES_MAX] = { 0 };

		for (size_t i = 0; i < rates->count; i++) {
			size_t at = (rates->first + i) / 2 - first;

			of[at] += rates->of[rate][i];
			count = at + 1;
		}
		memcpy(rates->of[rate], of, sizeof(of));
	}
	rates->shift++;
	rates->first = first;
	rates->count = count;
}

/* Room for the intervals from first to last, of which neither is outside. */
static void move(struct rates *rates, uint64_t first, uint64_t last)
{
	size_t by = rates->count ? rates->first - first : 0;

	for (int rate = 0; by && rate < RATES; rate++) {
		uint64_t *of = rates->of[rate];

		memmove(of + by, of, rates->count * sizeof(*of));
		memset(of, 0, by * sizeof(*of));
	}
	rates->first = first;
	rates->count = last - first + 1;
}

/* Returns the place of that time. */
static size_t reach(struct rates *rates, uint64_t ns)
{
	while (1) {
		uint64_t at = ns >> rates->shift, first = at, last = at;

		if (rates->count && rates->first < first)
			first = rates->first;
		if (rates->count && rates->first + rates->count - 1 > last)
			last = rates->first + rates->count - 1;
		if (last - first < RATES_MAX) {
			move(rates, first, last);
			return at - first;
		}
		halve(rates);
	}
}

void rates_add(struct rates *rates, enum rate rate, uint64_t ns)
{
	rates->of[rate][reach(rates, ns)]++;
}

void rates_add_all(struct rates *sum, const struct rates *other)
{
	struct rates longer = *other;

	if (!other->count)
		return;
	/* As long intervals as the other's, at least. */
	while (sum->count && sum->shift < longer.shift)
		halve(sum);
	if (!sum->count)
		sum->shift = longer.shift;
	reach(sum, longer.first << longer.shift);
	reach(sum, (longer.first + longer.count - 1) << longer.shift);
	while (longer.shift < sum->shift)
		halve(&longer);
	for (int rate = 0; rate < RATES; rate++)
		for (size_t i = 0; i < longer.count; i++)
			sum->of[rate][longer.first - sum->first + i] +=
				longer.of[rate][i];
}
