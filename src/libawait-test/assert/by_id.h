/* SPDX-License-Identifier: MIT */
/*
 * One record for each await: a table from ids to records of a trace. Zeroed, it
 * is empty; table_free() ends it.
 */
#pragma once

#include "common/table.h"
#include "libawait-test/records/records.h"

/* Where the struct record * of that id stands; if that is NULL the caller has
 * to set it before the next call. NULL: no memory. */
void **by_id_place(struct table *by_id, uint64_t id);
/* NULL: there is none. */
const struct record *by_id_find(const struct table *by_id, uint64_t id);
