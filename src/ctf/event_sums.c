/* SPDX-License-Identifier: MIT */
/* See event_sums.h. */
#include "ctf/event_sums.h"

#include <stdlib.h>

enum { STEPS = 1 << 26 };

/* Of a sum: in how many ways it was found, up to two, and which size was the
 * last in the first of them. */
struct way {
	uint8_t ways;
	uint32_t last;
};

static void add_size(struct way *way, uint64_t sum, uint64_t size,
		     uint32_t index)
{
	for (uint64_t i = sum; size > 0 && i >= size; i--) {
		uint8_t more = way[i - size].ways;

		if (more == 0)
			continue;
		if (way[i].ways == 0)
			way[i].last = index;
		way[i].ways = way[i].ways + more > 1 ? 2 : 1;
	}
}

/* The sizes before the last in the first way were reached before that. */
static void choose_first(const struct way *way, const uint64_t *sizes,
			 uint64_t sum, bool *chosen)
{
	while (sum > 0) {
		chosen[way[sum].last] = true;
		sum -= sizes[way[sum].last];
	}
}

enum event_sum event_sum_find(const uint64_t *sizes, uint32_t count,
			      uint64_t sum, bool *chosen)
{
	bool few = count == 0 || sum < STEPS / count;
	struct way *way = few ? calloc(sum + 1, sizeof(*way)) : NULL;
	enum event_sum found = EVENT_SUM_SEVERAL;

	if (way) {
		way[0].ways = 1;
		for (uint32_t i = 0; i < count; i++)
			add_size(way, sum, sizes[i], i);
		found = (enum event_sum)way[sum].ways;
	}
	for (uint32_t i = 0; i < count; i++)
		chosen[i] = found == EVENT_SUM_SEVERAL && sizes[i] <= sum &&
			    (!way || way[sum - sizes[i]].ways);
	if (way && found == EVENT_SUM_ONE)
		choose_first(way, sizes, sum, chosen);
	free(way);
	return found;
}
