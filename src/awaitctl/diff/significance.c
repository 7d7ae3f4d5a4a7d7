/* SPDX-License-Identifier: MIT */
/* See significance.h. Ranks are doubled, so that the middle of ties is whole.
 */
#include "awaitctl/diff/significance.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum {
	TAKEN_MAX = SIGNIFICANCE_EXACT / 2,
	SUM_MAX = SIGNIFICANCE_EXACT * (SIGNIFICANCE_EXACT + 1)
};

/* What is counted as one duration, by run. */
struct ties {
	uint64_t a, b;
};

static uint64_t count_at(const struct histogram *histogram, size_t at)
{
	size_t first = histogram->first * (size_t)HISTOGRAM_PARTS;

	return at >= first && at - first < histogram->octaves *
						   (size_t)HISTOGRAM_PARTS ?
		       histogram->counts[at - first] :
		       0;
}

/* The next that there are, from *at on. */
static bool next_ties(const struct histogram *a, const struct histogram *b,
		      size_t *at, struct ties *ties)
{
	size_t end_a = (a->first + a->octaves) * (size_t)HISTOGRAM_PARTS;
	size_t end_b = (b->first + b->octaves) * (size_t)HISTOGRAM_PARTS;

	for (; *at < end_a || *at < end_b; ++*at) {
		*ties = (struct ties){ count_at(a, *at), count_at(b, *at) };
		if (!ties->a && !ties->b)
			continue;
		++*at;
		return true;
	}
	return false;
}

static double choose(unsigned from, unsigned count)
{
	double ways = 1;

	for (unsigned i = 1; i <= count; i++)
		ways = ways * (from - count + i) / i;
	return ways;
}

/* In how many ways so many of all durations have that sum of doubled ranks. */
struct ways {
	double of[TAKEN_MAX + 1][SUM_MAX + 1];
};

/* Of the ties from none up to all can be among those taken. */
static void add_ties(struct ways *ways, unsigned most, unsigned size,
		     unsigned rank)
{
	for (unsigned taken = most; taken > 0; taken--)
		for (unsigned k = 1; k <= size && k <= taken; k++) {
			double factor = choose(size, k);

			for (unsigned sum = k * rank; sum <= SUM_MAX; sum++)
				ways->of[taken][sum] +=
					factor *
					ways->of[taken - k][sum - k * rank];
		}
}

/* most: the lesser of both counts, of which sum is that of the doubled ranks.
 * Counts of ways are whole and below 2^53, so doubles are exact. */
static double exact(const struct histogram *a, const struct histogram *b,
		    unsigned most, unsigned sum)
{
	static struct ways ways;
	unsigned all = (unsigned)(a->count + b->count), before = 0;
	unsigned mean = most * (all + 1); /* doubled */
	unsigned off = sum > mean ? sum - mean : mean - sum;
	double uneven = 0, total = 0;
	struct ties ties;
	size_t at = 0;

	memset(&ways, 0, sizeof(ways));
	ways.of[0][0] = 1;
	while (next_ties(a, b, &at, &ties)) {
		unsigned size = (unsigned)(ties.a + ties.b);

		add_ties(&ways, most, size, 2 * before + size + 1);
		before += size;
	}
	for (unsigned i = 0; i <= SUM_MAX; i++) {
		total += ways.of[most][i];
		if ((i > mean ? i - mean : mean - i) >= off)
			uneven += ways.of[most][i];
	}
	return uneven / total;
}

static double normal(double a, double b, double u, double ties)
{
	double all = a + b;
	double variance = a * b / 12 * (all + 1 - ties / (all * (all - 1)));
	double off = fabs(u - a * b / 2) - 0.5;

	if (variance <= 0 || off <= 0)
		return 1;
	return erfc(off / sqrt(2 * variance));
}

struct significance significance_of(const struct histogram *a,
				    const struct histogram *b)
{
	double count_a = (double)a->count, count_b = (double)b->count;
	double before = 0, twice = 0, cubes = 0, u;
	struct significance found;
	struct ties ties;
	size_t at = 0;

	/* twice: the doubled ranks of B together. */
	while (next_ties(a, b, &at, &ties)) {
		double size = (double)(ties.a + ties.b);

		twice += (double)ties.b * (2 * before + size + 1);
		cubes += size * size * size - size;
		before += size;
	}
	u = twice / 2 - count_b * (count_b + 1) / 2;
	found.greater = u / (count_a * count_b);
	if (a->count + b->count <= SIGNIFICANCE_EXACT) {
		bool less = a->count < b->count;
		double all = before * (before + 1);

		found.p = exact(a, b, (unsigned)(less ? a->count : b->count),
				(unsigned)(less ? all - twice : twice));
	} else {
		found.p = normal(count_a, count_b, u, cubes);
	}
	return found;
}

void significance_adjust(double **p, size_t count)
{
	double least = 0;

	for (size_t i = 0; i < count; i++) {
		double adjusted = *p[i] * (double)(count - i);

		if (adjusted > 1)
			adjusted = 1;
		if (adjusted < least)
			adjusted = least;
		*p[i] = least = adjusted;
	}
}
