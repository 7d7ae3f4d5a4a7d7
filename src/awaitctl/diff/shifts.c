/* SPDX-License-Identifier: MIT */
/* How long runs and waits of each site took in both: see comparison.h. */
#include "awaitctl/diff/comparison.h"

#include "awaitctl/common/say.h"

#include <stdlib.h>

static void add(struct comparison *comparison, enum shift_what what,
		const struct lives_site *site, const struct histogram *a,
		const struct histogram *b)
{
	struct shift *shift = &comparison->shifts[comparison->shift_count];

	if (!a->count || !b->count)
		return;
	*shift = (struct shift){ .what = what,
				 .site = site,
				 .a = a,
				 .b = b,
				 .found = significance_of(a, b),
				 .known = comparison->known };
	shift->adjusted = shift->found.p;
	comparison->shift_count++;
}

static int by_p(const void *left, const void *right)
{
	const struct shift *a = left, *b = right;

	return (a->found.p > b->found.p) - (a->found.p < b->found.p);
}

static void adjust(struct comparison *comparison)
{
	size_t count = comparison->shift_count;
	double **all = must_calloc(count + 1, sizeof(*all));

	for (size_t i = 0; i < count; i++)
		all[i] = &comparison->shifts[i].adjusted;
	significance_adjust(all, count);
	free(all);
}

void shifts_make(struct comparison *comparison)
{
	const struct run *a = &comparison->run[0], *b = &comparison->run[1];
	bool ends = !a->findings.lives.ends_unknown &&
		    !b->findings.lives.ends_unknown;
	bool waits = !a->findings.lives.waits_unknown &&
		     !b->findings.lives.waits_unknown;

	comparison->shifts = must_calloc(SHIFTS * a->site_count + 1,
					 sizeof(*comparison->shifts));
	for (size_t i = 0; i < a->site_count; i++) {
		const struct run_site *one = a->sites[i], *other;

		if (one->match == RUN_NONE)
			continue;
		other = b->sites[one->match];
		if (ends)
			add(comparison, SHIFT_RUN, one->site, &one->run,
			    &other->run);
		if (waits)
			add(comparison, SHIFT_BLOCKED, one->site, &one->blocked,
			    &other->blocked);
	}
	qsort(comparison->shifts, comparison->shift_count,
	      sizeof(*comparison->shifts), by_p);
	adjust(comparison);
}
