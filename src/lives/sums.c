/* SPDX-License-Identifier: MIT */
/* See sums.h. */
#include "lives/sums.h"

#include "common/array.h"
#include "lives/sites.h"
#include "lives/slowest.h"

#include <stdlib.h>
#include <string.h>

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

/* Where only a part counts, a site of which there is nothing in it is none. */
static bool is_asked(const struct lives *lives, const struct lives_site *site)
{
	return !site->left_out &&
	       (!choice_is_part(lives) || figures_any(&site->figures));
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

static int by_total(const void *left, const void *right)
{
	const struct lives_edge *a = *(struct lives_edge *const *)left;
	const struct lives_edge *b = *(struct lives_edge *const *)right;
	int rc = strcmp(a->function, b->function);

	if (a->total != b->total)
		return a->total < b->total ? 1 : -1;
	if (rc == 0)
		rc = strcmp(a->type, b->type);
	if (rc == 0)
		rc = (int)a->by - (int)b->by;
	if (rc == 0)
		rc = strcmp(a->waiter, b->waiter);
	return rc ? rc : strcmp(a->waiter_type, b->waiter_type);
}

static int collect_edges(struct sums *sums, struct lives *lives,
			 bool (*wanted)(const struct lives_process *))
{
	if (edges_sum(lives, wanted))
		return -1;
	sums->edges = calloc(lives->edge_count + 1, sizeof(*sums->edges));
	if (!sums->edges)
		return -1;
	for (size_t i = 0; i < lives->edge_count; i++)
		if (!lives->edges[i]->process)
			sums->edges[sums->edge_count++] = lives->edges[i];
	qsort(sums->edges, sums->edge_count, sizeof(*sums->edges), by_total);
	return 0;
}

static void collect_rates(struct sums *sums, const struct lives *lives,
			  bool (*wanted)(const struct lives_process *))
{
	for (size_t i = 0; i < lives->process_count; i++)
		if (wanted(lives->processes[i]))
			rates_add_all(&sums->rates,
				      &lives->processes[i]->rates);
}

int sums_make(struct sums *sums, struct lives *lives,
	      bool (*wanted)(const struct lives_process *))
{
	size_t count = lives->site_count;

	*sums = (struct sums){ 0 };
	for (size_t i = 0; i < count; i++) {
		const struct lives_site *site = lives->sites[i];

		if (wanted(site->function->process) && is_asked(lives, site) &&
		    add_site(sums, lives, site))
			return -1;
	}
	collect_rates(sums, lives, wanted);
	return collect_functions(sums, lives) ||
			       collect_slow(sums, lives, wanted) ||
			       collect_edges(sums, lives, wanted) ?
		       -1 :
		       0;
}

void sums_free(struct sums *sums)
{
	figures_free(&sums->all);
	free(sums->functions);
	free(sums->slow);
	free(sums->edges);
}
