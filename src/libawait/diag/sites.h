/* SPDX-License-Identifier: MIT */
/*
 * Remembers creation sites as they were when first seen, for the report at
 * exit. sites.c has the model.
 */
#pragma once

#include "libawait/inspect/snapshot.h"

enum site_name {
	NAME_TYPE,
	NAME_FUNC,
	NAME_FILE,
	NAME_FUNCTION,
	NAME_OBJECT,
	NAMES
};

/* A creation site as it was when it was first seen. Never freed, and constant
 * except for dropped, and for present, which the report sets. */
#define NO_NAME "?" /* for a NULL in a descriptor that others have made */
struct known_site {
	const struct await_site *at;
	struct await_site was;
	const char *names[NAMES]; /* the object's is "" for the program */
	uint32_t origin;
	bool present; /* the site is still mapped, unchanged */
	AWAIT_ATOMIC(uint64_t) dropped;
};

/* Begins to remember sites and to count drops. Call before main(). */
void sites_begin(void);
/* Finds out which sites are still present. Returns whether drops are
 * counted. */
bool sites_look(void);
/* The entry of the site at this address, for the await with this id. NULL if
 * there is none. */
struct known_site *sites_find(const struct await_site *at, uint64_t id);
/* Calls visit for each entry. Returns how many awaits were dropped at sites
 * without an entry. */
uint64_t sites_walk(void (*visit)(struct known_site *known, void *data),
		    void *data);
/* As descriptor_load(), but takes names, line and origin from known, unless
 * that is NULL. */
bool sites_describe(struct descriptor *d, const struct await_site *at,
		    const struct known_site *known);
