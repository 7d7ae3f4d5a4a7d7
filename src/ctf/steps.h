/* SPDX-License-Identifier: MIT */
/*
 * How long it may take to make sense of bytes that others wrote: counted in
 * steps, of some nanoseconds each, so that it is the same everywhere. Honest
 * rings have a few unfinished events, which take less than the first steps; for
 * each byte that there is some more are added, so that damaged ones take no
 * more time than in proportion to their size.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define STEPS_FIRST ((uint64_t)1 << 26)
#define STEPS_OF_BYTE ((uint64_t)16)

struct steps {
	uint64_t left;
};

/* False, from then on, if there are not so many left. */
static inline bool steps_take(struct steps *steps, uint64_t count)
{
	if (steps->left <= count) {
		steps->left = 0;
		return false;
	}
	steps->left -= count;
	return true;
}
