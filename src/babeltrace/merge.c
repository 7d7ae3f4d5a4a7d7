/* SPDX-License-Identifier: MIT */
/* See merge.h. */
#include "babeltrace/merge.h"

#include "common/array.h"

#include <stdbool.h>
#include <stdlib.h>

static bool is_earlier(const struct merge_head *a, const struct merge_head *b)
{
	return a->time != b->time ? a->time < b->time : a->rank < b->rank;
}

static void swap(struct merge_head *a, struct merge_head *b)
{
	struct merge_head was = *a;

	*a = *b;
	*b = was;
}

static void sink_first(struct merge *merge)
{
	struct merge_head *heads = merge->heads;
	size_t at = 0, child;

	while ((child = 2 * at + 1) < merge->count) {
		if (child + 1 < merge->count &&
		    is_earlier(&heads[child + 1], &heads[child]))
			child++;
		if (!is_earlier(&heads[child], &heads[at]))
			return;
		swap(&heads[at], &heads[child]);
		at = child;
	}
}

int merge_add(struct merge *merge, const struct merge_head *head)
{
	struct merge_head *heads =
		array_grow(merge->heads, merge->count, sizeof(*heads));
	size_t at = merge->count;

	if (!heads)
		return -1;
	merge->heads = heads;
	heads[merge->count++] = *head;
	for (; at && is_earlier(&heads[at], &heads[(at - 1) / 2]);
	     at = (at - 1) / 2)
		swap(&heads[at], &heads[(at - 1) / 2]);
	return 0;
}

void merge_advance(struct merge *merge, int64_t time, uint32_t rank)
{
	merge->heads[0].time = time;
	merge->heads[0].rank = rank;
	sink_first(merge);
}

void merge_drop(struct merge *merge)
{
	merge->heads[0] = merge->heads[--merge->count];
	sink_first(merge);
}

void merge_free(struct merge *merge)
{
	free(merge->heads);
	*merge = (struct merge){ 0 };
}
