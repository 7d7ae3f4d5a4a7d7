/* SPDX-License-Identifier: MIT */
/* See table.h. */
#include "common/table.h"

#include "common/assert.h"

#include <stdlib.h>

static struct table_slot *find(const struct table *table, uint64_t hash,
			       table_same *same, const void *key)
{
	size_t mask = table->size - 1, i = hash & mask;

	while (table->slots[i].item && (table->slots[i].hash != hash ||
					!same(table->slots[i].item, key)))
		i = (i + 1) & mask;
	return &table->slots[i];
}

static bool never(const void *item, const void *key)
{
	(void)item;
	(void)key;
	return false;
}

static int grow(struct table *table)
{
	struct table larger = { .size = table->size ? table->size * 2 : 64,
				.used = table->used };

	larger.slots = calloc(larger.size, sizeof(*larger.slots));
	if (!larger.slots)
		return -1;
	for (size_t i = 0; i < table->size; i++)
		if (table->slots[i].item)
			*find(&larger, table->slots[i].hash, never, NULL) =
				table->slots[i];
	free(table->slots);
	*table = larger;
	return 0;
}

void **table_place(struct table *table, uint64_t hash, table_same *same,
		   const void *key)
{
	struct table_slot *slot;

	if (table->used * 2 >= table->size && grow(table))
		return NULL;
	/* Or else find() would not end. */
	ASSERT(table->used < table->size);
	slot = find(table, hash, same, key);
	if (!slot->item) {
		slot->hash = hash;
		table->used++;
	}
	return &slot->item;
}

void *table_find(const struct table *table, uint64_t hash, table_same *same,
		 const void *key)
{
	return table->size ? find(table, hash, same, key)->item : NULL;
}

/* Those behind it, up to a free place, move up unless that is before the first
 * place at which they are looked for. */
static void close_gap(struct table *table, size_t gap)
{
	size_t mask = table->size - 1;

	for (size_t i = (gap + 1) & mask; table->slots[i].item;
	     i = (i + 1) & mask) {
		size_t first = table->slots[i].hash & mask;

		if (((i - first) & mask) < ((i - gap) & mask))
			continue;
		table->slots[gap] = table->slots[i];
		gap = i;
	}
	table->slots[gap].item = NULL;
}

void *table_remove(struct table *table, uint64_t hash, table_same *same,
		   const void *key)
{
	struct table_slot *slot;
	void *item;

	if (!table->size)
		return NULL;
	slot = find(table, hash, same, key);
	item = slot->item;
	if (!item)
		return NULL;
	close_gap(table, (size_t)(slot - table->slots));
	table->used--;
	return item;
}

void table_free(struct table *table)
{
	free(table->slots);
}

/* The finalizer of splitmix64: every bit reaches the low ones. */
uint64_t hash_number(uint64_t hash, uint64_t number)
{
	hash += number + 0x9e3779b97f4a7c15;
	hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9;
	hash = (hash ^ (hash >> 27)) * 0x94d049bb133111eb;
	return hash ^ (hash >> 31);
}

uint64_t hash_string(uint64_t hash, const char *string)
{
	for (; *string; string++)
		hash = (hash ^ (unsigned char)*string) * 0x100000001b3;
	return hash_number(hash, 0);
}
