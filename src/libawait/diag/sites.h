/* SPDX-License-Identifier: MIT */
/*
 * Creation sites as they were when first seen, for the report at exit. sites.c
 * has the model.
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

/* A creation site as it was when it was first seen. Never freed; constant but
 * for dropped, and for present, which belongs to the report. */
#define NO_NAME "?" /* of a descriptor without one, made elsewhere */
struct known_site {
	const struct await_site *at;
	struct await_site was;
	const char *names[NAMES]; /* the object's is "" for the program */
	uint32_t origin;
	bool present; /* what stood there still does */
	AWAIT_ATOMIC(uint64_t) dropped;
};

/* Before main(): from now on sites are remembered and drops counted. */
void sites_begin(void);
/* Finds out which sites are present; true if drops are counted. */
bool sites_look(void);
/* What is known of the site at this address, of the await with this id; NULL
 * if nothing is. */
struct known_site *sites_find(const struct await_site *at, uint64_t id);
/* Calls visit for each; returns the drops at sites that are not known. */
uint64_t sites_walk(void (*visit)(struct known_site *known, void *data),
		    void *data);
/* As descriptor_load(), but what is known is taken from there: its names, line
 * and origin. */
bool sites_describe(struct descriptor *d, const struct await_site *at,
		    const struct known_site *known);
