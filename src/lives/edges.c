/* SPDX-License-Identifier: MIT */
/* See edges.h. Names are compared by their addresses (sites_keep()). */
#include "lives/edges.h"

#include "common/array.h"
#include "lives/alive.h"
#include "lives/sites.h"

#include <stdlib.h>

static bool same_edge(const void *item, const void *other)
{
	const struct lives_edge *a = item, *b = other;

	return a->process == b->process && a->by == b->by &&
	       a->waiter == b->waiter && a->waiter_type == b->waiter_type &&
	       a->function == b->function && a->type == b->type;
}

static uint64_t hash_edge(const struct lives_edge *key)
{
	uint64_t hash = hash_number(key->by, (uintptr_t)key->process);

	hash = hash_number(hash, (uintptr_t)key->waiter);
	hash = hash_number(hash, (uintptr_t)key->waiter_type);
	hash = hash_number(hash, (uintptr_t)key->function);
	return hash_number(hash, (uintptr_t)key->type);
}

static struct lives_edge *edge_of(struct lives *lives,
				  const struct lives_edge *key)
{
	uint64_t hash = hash_edge(key);
	struct lives_edge *edge =
		table_find(&lives->by_edge, hash, same_edge, key);
	struct lives_edge **larger;
	void **place = NULL;

	if (edge)
		return edge;
	edge = malloc(sizeof(*edge));
	larger = array_grow(lives->edges, lives->edge_count, sizeof(*larger));
	if (larger)
		lives->edges = larger;
	if (edge && larger)
		place = table_place(&lives->by_edge, hash, same_edge, key);
	if (!place) {
		free(edge);
		return NULL;
	}
	*edge = *key;
	lives->edges[lives->edge_count++] = edge;
	return *place = edge;
}

/* In whose run the wait was. */
static void set_waiter(const struct moment *now, struct lives_edge *key)
{
	uint64_t id = event_number(now->event, FIELD_WAITER);
	const struct lives_await *waiter =
		id ? alive_find(now->lives, now->await->process, id) : NULL;

	key->waiter = key->waiter_type = "";
	if (!event_has(now->event, FIELD_WAITER) ||
	    (id && (!waiter || !waiter->site))) {
		key->by = WAITER_UNKNOWN;
	} else if (!id) {
		key->by = WAITER_NONE;
	} else {
		key->by = WAITER_RUN;
		key->waiter = waiter->site->function->name;
		key->waiter_type = waiter->site->function->type;
	}
}

int edges_add(const struct moment *now, uint64_t ns)
{
	const struct lives_site *site = now->await->site;
	struct lives_edge key = { .process = now->await->process,
				  .function = site->function->name,
				  .type = site->function->type };
	struct lives_edge *edge;

	if (!now->counts || site->left_out)
		return 0;
	set_waiter(now, &key);
	edge = edge_of(now->lives, &key);
	if (!edge)
		return -1;
	edge->count++;
	edge->total += ns;
	if (ns > edge->most)
		edge->most = ns;
	return 0;
}

int edges_sum(struct lives *lives, bool (*wanted)(const struct lives_process *))
{
	size_t count = lives->edge_count;

	for (size_t i = 0; i < count; i++) {
		const struct lives_edge *one = lives->edges[i];
		struct lives_edge key = *one, *sum;

		if (!wanted(one->process))
			continue;
		key.process = NULL;
		key.count = key.total = key.most = 0;
		sum = edge_of(lives, &key);
		if (!sum)
			return -1;
		sum->count += one->count;
		sum->total += one->total;
		if (one->most > sum->most)
			sum->most = one->most;
	}
	return 0;
}

void edges_free(struct lives *lives)
{
	for (size_t i = 0; i < lives->edge_count; i++)
		free(lives->edges[i]);
	free(lives->edges);
	table_free(&lives->by_edge);
}
