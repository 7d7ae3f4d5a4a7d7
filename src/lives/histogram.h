/* SPDX-License-Identifier: MIT */
/*
 * How long things took: counts of durations in nanoseconds, each kept to less
 * than one part in 64. It takes half a KiB for each power of two between the
 * shortest and the longest.
 */
#pragma once

#include <stdint.h>

struct histogram {
	uint64_t count, total;
	uint64_t least, most; /* exact; of none both are 0 */
	/* Of the powers of two that are in use, HISTOGRAM_PARTS counts each. */
	uint64_t *counts;
	unsigned first, octaves;
};

enum { HISTOGRAM_PARTS = 64 };

/* Return 0, or -1 without memory: then it is as it was. */
int histogram_add(struct histogram *histogram, uint64_t ns);
int histogram_add_all(struct histogram *histogram,
		      const struct histogram *other);

/* 0 if there are none. */
static inline uint64_t histogram_average(const struct histogram *histogram)
{
	return histogram->count ? histogram->total / histogram->count : 0;
}

/*
 * The least duration that so many of a hundred do not exceed, at most 1 % off;
 * 0 if there are none. percent: above 0, up to 100.
 */
uint64_t histogram_percentile(const struct histogram *histogram,
			      unsigned percent);

void histogram_free(struct histogram *histogram);
