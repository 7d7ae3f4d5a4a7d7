/* SPDX-License-Identifier: MIT */
/* See waits.h. */
#include "awaitctl/html/waits.h"

#include "awaitctl/common/say.h"
#include "common/array.h"

#include <stdlib.h>

static bool same(const void *item, const void *key)
{
	const struct wait_edge *a = item, *b = key;

	return a->from == b->from && a->site == b->site;
}

struct wait_edge *waits_edge(struct waits *waits, uint32_t from, uint32_t site)
{
	struct wait_edge key = { .from = from, .site = site }, **place;

	place = must(table_place(&waits->table,
				 hash_number(hash_number(0, from), site), same,
				 &key));
	if (*place)
		return *place;
	*place = must_calloc(1, sizeof(**place));
	**place = key;
	waits->edges = must(
		array_grow(waits->edges, waits->count, sizeof(*waits->edges)));
	return waits->edges[waits->count++] = *place;
}

void waits_free(struct waits *waits)
{
	for (uint32_t i = 0; i < waits->count; i++)
		free(waits->edges[i]);
	free(waits->edges);
	table_free(&waits->table);
}
