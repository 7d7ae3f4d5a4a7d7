/* SPDX-License-Identifier: MIT */
/*
 * The longest of many, as many as there is room for: a heap with the shortest
 * of them on top. An item begins with its length, a uint64_t.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct longest {
	size_t size, most; /* of an item; items that are kept */
	/* Of an item that is given up; NULL: nothing is to be done. */
	void (*drop)(void *item);
	size_t count;
	uint64_t dropped;
	char *items;
};

/* The item is copied, or given up. Returns 0, or -1 without memory. */
int longest_add(struct longest *longest, void *item);

/* In another order; after that nothing is added. */
void longest_sort(struct longest *longest,
		  int (*compare)(const void *, const void *));

void longest_free(struct longest *longest);
