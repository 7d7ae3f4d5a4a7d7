/* SPDX-License-Identifier: MIT */
/* See chains.h. */
#include "awaitctl/html/chains.h"

#include "awaitctl/common/say.h"
#include "common/array.h"

#include <stdlib.h>

/* More than anybody looks at. */
enum { CHAINS_MOST = 50000 };

struct link {
	uint32_t parent, site, chain;
};

static bool same(const void *item, const void *key)
{
	const struct link *a = item, *b = key;

	return a->parent == b->parent && a->site == b->site;
}

static uint32_t add(struct chains *chains, uint32_t parent, uint32_t site)
{
	chains->nodes = must(array_grow(chains->nodes, chains->count,
					sizeof(*chains->nodes)));
	chains->nodes[chains->count] =
		(struct chain){ .parent = parent, .site = site };
	return chains->count++;
}

void chains_begin(struct chains *chains)
{
	*chains = (struct chains){ 0 };
	add(chains, CHAINS_ROOT, 0);
	add(chains, CHAINS_ROOT, 0);
}

uint32_t chains_within(struct chains *chains, uint32_t chain, uint32_t site)
{
	struct link key = { chain, site, 0 }, **place;
	uint64_t hash = hash_number(hash_number(0, chain), site);

	if (chains->count >= CHAINS_MOST && chain >= CHAINS_FIRST &&
	    !table_find(&chains->table, hash, same, &key)) {
		chains->folded++;
		return chain;
	}
	place = must(table_place(&chains->table, hash, same, &key));
	if (!*place) {
		*place = must_calloc(1, sizeof(**place));
		**place = key;
		(*place)->chain = add(chains, chain, site);
	}
	return (*place)->chain;
}

void chains_free(struct chains *chains)
{
	for (size_t i = 0; i < chains->table.size; i++)
		free(chains->table.slots[i].item);
	table_free(&chains->table);
	free(chains->nodes);
}
