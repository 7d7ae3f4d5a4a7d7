/* SPDX-License-Identifier: MIT */
/*
 * A hash table of pointers: open addressing, grows, never shrinks. The caller
 * hashes and compares.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct table_slot {
	uint64_t hash;
	void *item; /* NULL: free */
};

struct table {
	struct table_slot *slots;
	size_t size; /* a power of two, or 0 */
	size_t used;
};

typedef bool table_same(const void *item, const void *key);

/*
 * Returns the place of key's item. If there is none yet, it is NULL there, and
 * the caller has to set it before the next call. NULL when memory is out.
 */
void **table_place(struct table *table, uint64_t hash, table_same *same,
		   const void *key);

/* Returns the item of key, or NULL if there is none. */
void *table_find(const struct table *table, uint64_t hash, table_same *same,
		 const void *key);

/* Takes the item of key out, and returns it; NULL if there is none. Others may
 * move: no place of before is valid. */
void *table_remove(struct table *table, uint64_t hash, table_same *same,
		   const void *key);

void table_free(struct table *table);

uint64_t hash_number(uint64_t hash, uint64_t number);
uint64_t hash_string(uint64_t hash, const char *string);
