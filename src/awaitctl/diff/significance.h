/* SPDX-License-Identifier: MIT */
/*
 * Whether durations of two runs differ by more than chance: the rank test of
 * Mann and Whitney (Wilcoxon), which asks of no shape of them, two-sided.
 * Durations that a histogram counts as one, less than 1.6 % apart, are ties. Of
 * up to SIGNIFICANCE_EXACT durations together the probability is exact, over
 * all ways to deal these out; of more it is that of the normal distribution,
 * with the corrections for ties and for continuity.
 */
#pragma once

#include "lives/histogram.h"

#include <stddef.h>

enum { SIGNIFICANCE_EXACT = 30 };

struct significance {
	/* How probable such ranks, or ones as uneven, are by chance. */
	double p;
	/* How probable it is that one of B is greater than one of A; half of
	 * what is equal is counted. */
	double greater;
};

/* Both have at least one. */
struct significance significance_of(const struct histogram *a,
				    const struct histogram *b);

/* By Holm: of so many tests, makes each p, from the least to the greatest, what
 * may be held against the level that all together have. */
void significance_adjust(double **p, size_t count);
