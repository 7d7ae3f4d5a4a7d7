/* SPDX-License-Identifier: MIT */
/*
 * What a trace tells of a recording: the lives of the awaits of its processes
 * (belonging.h), and what makes them doubtful. Knows neither where events come
 * from nor how figures are shown.
 */
#pragma once

#include "lives/lives.h"
#include "lives/sums.h"

struct findings {
	/* Set at the beginning: */
	bool all;    /* processes of all recordings are asked for */
	bool stacks; /* are asked for: reading them takes time */
	const struct filtered *filtered; /* or NULL: by nothing we know of */
	struct lives lives;

	bool damaged;		/* the trace breaks off */
	const char *incomplete; /* what else it lacks, or NULL */
	/* From findings_finish() on: */
	struct sums sums;
	uint64_t events;    /* of awaits, of the recording */
	uint64_t others;    /* likewise, of other processes */
	size_t counted;	    /* processes that belong to the recording */
	size_t perhaps;	    /* of them, those that do not say so */
	size_t cut_off;	    /* of them, those that were for some time */
	bool several_hosts; /* they are of */
};

/* Before the first event: what the filter hides is unknown. */
void findings_begin(struct findings *findings);

/* After the last event. Returns 0, or -1 without memory. */
int findings_finish(struct findings *findings);

/* Whether a process is of the recording. */
bool findings_count(const struct lives_process *process);

void findings_free(struct findings *findings);
