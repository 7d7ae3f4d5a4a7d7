/* SPDX-License-Identifier: MIT */
/* See longest.h. */
#include "awaitctl/html/longest.h"

#include "common/array.h"

#include <stdlib.h>
#include <string.h>

static char *at(const struct longest *longest, size_t i)
{
	return longest->items + i * longest->size;
}

static uint64_t length(const struct longest *longest, size_t i)
{
	uint64_t length;

	memcpy(&length, at(longest, i), sizeof(length));
	return length;
}

static void swap(struct longest *longest, size_t a, size_t b)
{
	char *x = at(longest, a), *y = at(longest, b);

	for (size_t i = 0; i < longest->size; i++) {
		char byte = x[i];

		x[i] = y[i];
		y[i] = byte;
	}
}

static void up(struct longest *longest, size_t i)
{
	for (size_t above; i > 0; i = above) {
		above = (i - 1) / 2;
		if (length(longest, above) <= length(longest, i))
			return;
		swap(longest, above, i);
	}
}

static void down(struct longest *longest, size_t i)
{
	for (size_t below; (below = 2 * i + 1) < longest->count; i = below) {
		if (below + 1 < longest->count &&
		    length(longest, below + 1) < length(longest, below))
			below++;
		if (length(longest, i) <= length(longest, below))
			return;
		swap(longest, below, i);
	}
}

static void give_up(struct longest *longest, void *item)
{
	longest->dropped++;
	if (longest->drop)
		longest->drop(item);
}

int longest_add(struct longest *longest, void *item)
{
	uint64_t its;
	char *items;

	if (longest->count < longest->most) {
		items = array_grow(longest->items, longest->count,
				   longest->size);
		if (!items)
			return -1;
		longest->items = items;
		memcpy(at(longest, longest->count), item, longest->size);
		up(longest, longest->count++);
		return 0;
	}
	memcpy(&its, item, sizeof(its));
	if (its <= length(longest, 0)) {
		give_up(longest, item);
		return 0;
	}
	give_up(longest, at(longest, 0));
	memcpy(at(longest, 0), item, longest->size);
	down(longest, 0);
	return 0;
}

void longest_sort(struct longest *longest,
		  int (*compare)(const void *, const void *))
{
	if (longest->count)
		qsort(longest->items, longest->count, longest->size, compare);
}

void longest_free(struct longest *longest)
{
	for (size_t i = 0; longest->drop && i < longest->count; i++)
		longest->drop(at(longest, i));
	free(longest->items);
}
