/* SPDX-License-Identifier: MIT */
/* What list.c and any_order.c share: what was expected, and what happened. */
#pragma once

#include "libawait-test/assert/claims.h"

struct list {
	struct claim *claim;
	const struct await_match *filter;
	const struct await_match *const *expected;
	size_t count;	 /* of those */
	size_t happened; /* events */
	size_t *records; /* which; NULL: all of the trace */
};

static inline size_t list_index(const struct list *list, size_t happened)
{
	return list->records ? list->records[happened] : happened;
}

static inline const struct record *list_record(const struct list *list,
					       size_t happened)
{
	return &list->claim->trace->records[list_index(list, happened)];
}

/* Adds names like those that are expected, but of which no event is. */
void list_names(const struct list *list);

/* --- any_order.c --- */

void any_order(struct list *list);
