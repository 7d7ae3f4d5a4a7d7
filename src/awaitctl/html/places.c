/* SPDX-License-Identifier: MIT */
/* See places.h. */
#include "awaitctl/html/places.h"

#include "awaitctl/common/say.h"
#include "common/array.h"

#include <stdlib.h>
#include <string.h>

struct number {
	const void *item;
	uint32_t number;
};

/* The table has numbers; what is looked for is an item. */
static uint32_t number_of(struct numbered *of, uint64_t hash, table_same *same,
			  const void *item)
{
	struct number **place = must(table_place(&of->table, hash, same, item));

	if (!*place) {
		*place = must_calloc(1, sizeof(**place));
		of->items = must(
			array_grow(of->items, of->count, sizeof(*of->items)));
		of->items[of->count++] = item;
		**place = (struct number){ item, of->count };
	}
	return (*place)->number;
}

static bool same_item(const void *item, const void *key)
{
	return ((const struct number *)item)->item == key;
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static bool same_site(const void *item, const void *key)
{
	const struct lives_site *a = ((const struct number *)item)->item;
	const struct lives_site *b = key;

	return a->line == b->line && same_text(a->file, b->file) &&
	       same_text(a->function->name, b->function->name) &&
	       same_text(a->function->type, b->function->type);
}

uint32_t places_site(struct places *places, const struct lives_site *site)
{
	uint64_t hash;

	if (!site)
		return 0;
	hash = hash_string(site->line, site->function->name);
	hash = hash_string(hash, site->function->type);
	hash = hash_string(hash, site->file ? site->file : "");
	return number_of(&places->sites, hash, same_site, site);
}

uint32_t places_process(struct places *places,
			const struct lives_process *process)
{
	if (!process)
		return 0;
	return number_of(&places->processes, hash_number(0, process->index),
			 same_item, process);
}

uint32_t places_thread(struct places *places, const struct lives_thread *thread)
{
	if (!thread)
		return 0;
	places_process(places, thread->process);
	return number_of(&places->threads,
			 hash_number(hash_number(0, thread->process->index),
				     (uint64_t)thread->tid),
			 same_item, thread);
}

static void numbered_free(struct numbered *of)
{
	for (size_t i = 0; i < of->table.size; i++)
		free(of->table.slots[i].item);
	table_free(&of->table);
	free(of->items);
}

void places_free(struct places *places)
{
	numbered_free(&places->sites);
	numbered_free(&places->processes);
	numbered_free(&places->threads);
}
