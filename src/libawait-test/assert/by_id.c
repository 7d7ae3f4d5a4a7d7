/* SPDX-License-Identifier: MIT */
/* See by_id.h. */
#include "libawait-test/assert/by_id.h"

static bool has_id(const void *record, const void *id)
{
	return ((const struct record *)record)->id == *(const uint64_t *)id;
}

void **by_id_place(struct table *by_id, uint64_t id)
{
	return table_place(by_id, hash_number(0, id), has_id, &id);
}

const struct record *by_id_find(const struct table *by_id, uint64_t id)
{
	return table_find(by_id, hash_number(0, id), has_id, &id);
}
