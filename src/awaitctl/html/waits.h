/* SPDX-License-Identifier: MIT */
/* Which sites' awaits waited for which other sites' in their runs. */
#pragma once

#include "common/table.h"

#include <stdint.h>

/* Who waits: outside of any run, or in a run that is not known. Others are
 * WAITS_FIRST and the number of a site (places.h). */
enum { WAITS_OUTSIDE, WAITS_UNKNOWN, WAITS_FIRST };

struct wait_edge {
	uint32_t from, site;
	uint64_t hits, runs, others; /* how the waits ended */
	uint64_t sleeps;	     /* that began */
	uint64_t slept_ns;	     /* of those that began and ended */
	uint64_t refused;	     /* as they would have closed a circle */
};

struct waits {
	struct table table;
	struct wait_edge **edges;
	uint32_t count;
};

/* Made if there is none; exits without memory. */
struct wait_edge *waits_edge(struct waits *waits, uint32_t from, uint32_t site);
void waits_free(struct waits *waits);
