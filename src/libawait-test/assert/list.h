/* SPDX-License-Identifier: MIT */
/* A claim of a list: what was expected, and what happened. */
#pragma once

#include "common/assert.h"
#include "libawait-test/assert/claim.h"

struct list_claim {
	struct claim *claim;
	const struct await_match *filter;
	const struct await_match *const *expected;
	size_t count;	 /* of expected */
	size_t happened; /* events that filter matches */
	size_t *records; /* their indexes; NULL: all of the trace */
};

static inline size_t list_claim_index(const struct list_claim *list,
				      size_t happened)
{
	ASSERT(happened < list->happened);
	return list->records ? list->records[happened] : happened;
}

static inline const struct record *
list_claim_record(const struct list_claim *list, size_t happened)
{
	return &list->claim->trace->records[list_claim_index(list, happened)];
}
