/* SPDX-License-Identifier: MIT */
/* See order.h. */
#include "awaitctl/diff/order.h"

#include <stdlib.h>

/* The length of the longest part that rises, by patience sorting: least[i] is
 * the smallest number that a rising part of i + 1 of those so far ends with. */
static size_t longest_rise(const uint32_t *places, size_t count,
			   uint32_t *least)
{
	size_t length = 0;

	for (size_t i = 0; i < count; i++) {
		size_t low = 0, high = length;

		if (places[i] == ORDER_ALONE)
			continue;
		while (low < high) {
			size_t middle = low + (high - low) / 2;

			if (least[middle] < places[i])
				low = middle + 1;
			else
				high = middle;
		}
		least[low] = places[i];
		length += low == length;
	}
	return length;
}

int order_compare(struct order *order, const uint32_t *places, size_t count_a,
		  size_t count_b)
{
	uint32_t *least = calloc(count_a + 1, sizeof(*least));
	size_t both = 0;

	if (!least)
		return -1;
	*order = (struct order){ 0 };
	while (order->same < count_a && order->same < count_b &&
	       places[order->same] == order->same)
		order->same++;
	for (size_t i = 0; i < count_a; i++)
		both += places[i] != ORDER_ALONE;
	order->only_a = count_a - both;
	order->only_b = count_b - both;
	order->moved = both - longest_rise(places, count_a, least);
	free(least);
	return 0;
}
