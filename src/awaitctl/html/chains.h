/* SPDX-License-Identifier: MIT */
/*
 * Chains of awaits, by their sites: which awaits ran, within the run of which.
 * A chain is a node of a tree; its time is that of its runs that ended, without
 * the runs within them that have chains of their own. Of a run whose beginning
 * is not known nobody knows how long it took: it has no time.
 */
#pragma once

#include "common/table.h"

#include <stdint.h>

enum { CHAINS_ROOT, CHAINS_UNKNOWN, CHAINS_FIRST };

struct chain {
	uint32_t parent, site; /* of places.h */
	uint64_t runs;	       /* that ended */
	uint64_t unended;      /* or of which not all is known */
	uint64_t self_ns;
};

struct chains {
	struct chain *nodes; /* the first two stand for: within no run, and
			      * within what is not known */
	uint32_t count;
	uint64_t folded; /* runs that are counted in a chain that is shorter */
	struct table table;
};

/* They exit without memory. */
void chains_begin(struct chains *chains);
/* The chain of a run of that site in a run of that chain; beyond some number of
 * them, that chain itself. */
uint32_t chains_within(struct chains *chains, uint32_t chain, uint32_t site);
void chains_free(struct chains *chains);
