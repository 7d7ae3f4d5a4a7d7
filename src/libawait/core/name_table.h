/* SPDX-License-Identifier: MIT */
/*
 * The names that users give to single awaits: a side table, so that an await
 * without one has no byte for it. name_table.c has the model; debuggers read
 * the table, too (abi/debug.h).
 */
#pragma once

#include "libawait/core/state.h"

#include <await/inspect.h>

#include <stdbool.h>

#define NAME_SIZE (AWAIT_NAME_MAX + 1)
#define NAME_ENTRIES (1u << 16) /* so many awaits can have names at once */
#define NAME_BUCKETS (1u << 14)

struct name_entry {
	AWAIT_ATOMIC(struct await *) aw; /* NULL: not in use */
	AWAIT_ATOMIC(uint64_t) id;
	AWAIT_ATOMIC(uint32_t) version; /* odd: it is being written */
	AWAIT_ATOMIC(uint32_t) next;	/* in its bucket, or of spare ones */
	/* The string's bytes in their order, and NULs. */
	AWAIT_ATOMIC(uint64_t) text[NAME_SIZE / sizeof(uint64_t)];
};

/* Entries are numbered from 1; 0 is none. */
struct name_table {
	AWAIT_ATOMIC(uint32_t) used;  /* entries that were ever used */
	AWAIT_ATOMIC(uint32_t) moves; /* odd: entries change their buckets */
	uint32_t spare;
	AWAIT_ATOMIC(uint32_t) buckets[NAME_BUCKETS];
	struct name_entry entries[NAME_ENTRIES];
};
/* NULL: nothing was ever named. */
extern AWAIT_ATOMIC(struct name_table *) await_names HIDDEN;

/* Names the await that has that id; length is at most AWAIT_NAME_MAX, and not
 * 0. Returns 0, or -ENOMEM: no memory for the table, or all its entries are of
 * awaits that live. */
int name_table_set(struct await *aw, uint64_t id, const char *name,
		   size_t length);
/* Copies the name that aw has, or had last, as the await of that id; "" if it
 * has none. Returns the length. Async-signal-safe. */
size_t name_table_get(const struct await *aw, uint64_t id,
		      char name[NAME_SIZE]);

/* For fork.c. */
void name_table_lock(void);
void name_table_unlock(void);
