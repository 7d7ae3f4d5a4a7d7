/* SPDX-License-Identifier: MIT */
/*
 * The names that a program gave to single awaits, of one copy of libawait. Each
 * entry is read as src/libawait/core/name_table.c reads it: its version, then
 * the rest, then its version again; here each of the three readings covers the
 * whole table. One that is being written is left out.
 */
#pragma once

#include "process/layout.h"

enum { GIVEN_NAME_SIZE = 64 };

struct given_name {
	uint64_t id; /* of the await */
	char text[GIVEN_NAME_SIZE];
};

struct given_names {
	struct given_name *names; /* by id */
	size_t count;
};

/* Returns 0, or -1 when memory is out; free them either way. */
int given_names_read(struct given_names *names, struct memory *memory,
		     const struct layout *layout);
void given_names_free(struct given_names *names);

/* The name of the await with that id; "" if it has none. */
const char *given_names_find(const struct given_names *names, uint64_t id);
