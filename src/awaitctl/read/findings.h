/* SPDX-License-Identifier: MIT */
/*
 * What a trace tells of a recording: the lives of the awaits of its processes
 * (belonging.h), and what makes them doubtful. Knows neither where events come
 * from nor how figures are shown.
 */
#pragma once

#include "awaitctl/read/chosen.h"
#include "lives/lives.h"
#include "lives/sums.h"

struct findings {
	/* Set at the beginning: */
	bool all;	      /* processes of all recordings are asked for */
	struct chosen chosen; /* what of it is */
	bool stacks;	      /* are asked for: reading them takes time */
	const struct filtered *filtered; /* or NULL: by nothing we know of */
	struct lives lives;

	bool damaged;		/* the trace breaks off */
	const char *incomplete; /* what else it lacks, or NULL */
	/* From findings_finish() on: */
	struct sums sums;
	uint64_t events; /* of awaits, of the recording */
	uint64_t others; /* likewise, of other processes */
	/* When the recording's first and last event was. */
	int64_t first_event, last_event;
	size_t counted;	    /* processes that belong to it, and are chosen */
	size_t left_out;    /* those that do not belong to it */
	size_t perhaps;	    /* of those that do, how many do not say so */
	size_t cut_off;	    /* of them, those that were for some time */
	bool several_hosts; /* they are of */
};

/* Before the first event: what the filter hides is unknown. */
void findings_begin(struct findings *findings);

/* After the last event. Returns 0, or -1 without memory. */
int findings_finish(struct findings *findings);

/* Whether a process is of the recording, and chosen. */
bool findings_count(const struct lives_process *process);

/* From the first to the last event, in ns; and from the first to the begin of
 * sums.rates, which may be before it. */
uint64_t findings_duration(const struct findings *findings);
int64_t findings_rates_from(const struct findings *findings);

/* Whether there is nothing that is chosen. */
bool findings_are_empty(const struct findings *findings);

/* Whether only what some thread does is counted: then nothing is known of what
 * belongs to an await, and not to who uses it. */
bool findings_of_thread(const struct findings *findings);

void findings_free(struct findings *findings);
