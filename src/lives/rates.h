/* SPDX-License-Identifier: MIT */
/*
 * How often something happened, over time: counts for intervals of equal
 * length, each a power of two. There are at most RATES_MAX of them from the
 * first to the last that has anything: when they do not suffice, intervals
 * become twice as long.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum rate { RATE_CREATED, RATE_RUNS, RATE_WAITS, RATES };
enum { RATES_MAX = 48 };

struct rates {
	unsigned shift; /* an interval is 1 << shift ns */
	uint64_t first; /* so many intervals after the origin of times */
	size_t count;	/* of intervals */
	uint64_t of[RATES][RATES_MAX];
};

/* ns: since some origin, the same for all that are added up. */
void rates_add(struct rates *rates, enum rate rate, uint64_t ns);
void rates_add_all(struct rates *sum, const struct rates *other);
