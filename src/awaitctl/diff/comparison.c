/* SPDX-License-Identifier: MIT */
/* See comparison.h. */
#include "awaitctl/diff/comparison.h"

#include "awaitctl/diff/doubtful.h"

#include <stdlib.h>

static bool all_ended(const struct run *run)
{
	for (size_t i = 0; i < run->process_count; i++)
		if (run->processes[i].compared &&
		    !run->processes[i].process->has_ended)
			return false;
	return true;
}

void comparison_make(struct comparison *comparison)
{
	for (int i = 0; i < 2; i++)
		comparison->ended[i] = all_ended(&comparison->run[i]);
	comparison->known = doubtful_nothing(comparison);
	pairs_make(comparison);
	alone_make(comparison);
	shifts_make(comparison);
}

void comparison_free(struct comparison *comparison)
{
	free(comparison->pairs);
	free(comparison->alone);
	free(comparison->shifts);
	for (int i = 0; i < 2; i++)
		run_free(&comparison->run[i]);
}
