/* SPDX-License-Identifier: MIT */
/*
 * The names that await_name() gave to the awaits of a trace, by their ids: of
 * each the last. Not thread-safe. Zeroed, it is empty.
 */
#pragma once

#include "common/table.h"

#include <await/core.h>

struct given_name {
	uint64_t id;
	const struct await *aw; /* NULL if loaded */
	char *name;
};

struct given_names {
	struct table by_id; /* of struct given_name */
};

/* Copies name. False: no memory. */
bool given_names_set(struct given_names *names, const struct await *aw,
		     uint64_t id, const char *name);
/* NULL: it has none. */
const char *given_names_find(const struct given_names *names, uint64_t id);
/* Forgets those that keep() is false of. Without memory it forgets more. */
void given_names_sweep(struct given_names *names,
		       bool (*keep)(const struct given_name *name));
void given_names_free(struct given_names *names);
