/* SPDX-License-Identifier: MIT */
/*
 * What is counted and timed of the awaits of a function, of a place where
 * awaits are created, or of all.
 */
#pragma once

#include "lives/histogram.h"

#include <stdbool.h>
#include <stdint.h>

/* How a wait ended that got no value from what others did. */
enum wait_end {
	END_TIMED_OUT, /* its deadline passed */
	END_REFUSED,   /* as in a cycle */
	END_FAILED,    /* by a run that it slept through, or for good */
	END_CANCELLED,
	WAIT_ENDS
};

struct figures {
	uint64_t created;
	uint64_t runs; /* begun; a retry is another */
	uint64_t failed;
	uint64_t running;   /* when the trace ended */
	uint64_t cut_short; /* by the end of their process */
	uint64_t waits;	    /* hits, those that ran it, and others that ended */
	uint64_t hits;
	uint64_t never_waited; /* created, but no wait was seen */
	uint64_t unseen;       /* failed, and were never waited for */
	uint64_t dropped;      /* promises that were dropped and not settled */
	uint64_t cycles;       /* waits that would have closed a circle */
	uint64_t asleep;       /* waits that slept when the trace ended */
	uint64_t most_runs;    /* of one await */
	/* Of the waits that neither hit nor ran it, those without a value. */
	uint64_t ends[WAIT_ENDS];
	struct histogram run;	  /* of the runs that ended */
	struct histogram blocked; /* of the waits that slept and ended */
	struct histogram slack;	  /* from a creation to the first wait */
};

/* Whether there is anything in them. */
bool figures_any(const struct figures *figures);

/* Adds one to the other. Returns 0, or -1 without memory. */
int figures_add(struct figures *sum, const struct figures *one);
void figures_free(struct figures *figures);
