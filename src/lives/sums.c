/* SPDX-License-Identifier: MIT */
/* See sums.h. */
#include "lives/sums.h"

#include "common/array.h"
#include "lives/sites.h"
#include "lives/slowest.h"

#include <stdlib.h>

static int add_site(struct sums *sums, struct lives *lives,
		    const struct lives_site *site)
{
	struct lives_function *function = sites_function(
		lives, NULL, site->function->name, site->function->type);
	struct figures *process = &site->function->process->figures;
	struct lives_site *sum =
		sites_site(lives, function, site->file, site->line);

	return !sum || figures_add(&sum->figures, &site->figures) ||
			       figures_add(&function->figures,
					   &site->figures) ||
			       figures_add(&sums->all, &site->figures) ||
			       figures_add(process, &site->figures) ?
		       -1 :
		       0;
}

static int collect_functions(struct sums *sums, const struct lives *lives)
{
	sums->functions =
		calloc(lives->function_count + 1, sizeof(*sums->functions));
	if (!sums->functions)
		return -1;
	for (size_t i = 0; i < lives->function_count; i++)
		if (!lives->functions[i]->process)
			sums->functions[sums->function_count++] =
				lives->functions[i];
	return 0;
}

static int by_time(const void *left, const void *right)
{
	return slowest_compare(*(struct lives_slow *const *)left,
			       *(struct lives_slow *const *)right);
}

static int collect_slow(struct sums *sums, const struct lives *lives,
			bool (*wanted)(const struct lives_process *))
{
	for (size_t i = 0; i < lives->process_count; i++) {
		const struct lives_process *process = lives->processes[i];

		for (size_t k = 0; wanted(process) && k < process->slow_count;
		     k++) {
			const struct lives_slow **larger = array_grow(
				sums->slow, sums->slow_count, sizeof(*larger));

			if (!larger)
				return -1;
			sums->slow = larger;
			larger[sums->slow_count++] = &process->slow[k];
		}
	}
	if (sums->slow_count)
		qsort(sums->slow, sums->slow_count, sizeof(*sums->slow),
		      by_time);
	if (sums->slow_count > lives->slowest)
		sums->slow_count = lives->slowest;
	return 0;
}

int sums_make(struct sums *sums, struct lives *lives,
	      bool (*wanted)(const struct lives_process *))
{
	size_t count = lives->site_count;

	*sums = (struct sums){ 0 };
	for (size_t i = 0; i < count; i++) {
		const struct lives_site *site = lives->sites[i];

		if (wanted(site->function->process) &&
		    add_site(sums, lives, site))
			return -1;
	}
	return collect_functions(sums, lives) ||
			       collect_slow(sums, lives, wanted) ?
		       -1 :
		       0;
}

void sums_free(struct sums *sums)
{
	figures_free(&sums->all);
	free(sums->functions);
	free(sums->slow);
}
