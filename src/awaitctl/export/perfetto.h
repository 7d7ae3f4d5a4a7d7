/* SPDX-License-Identifier: MIT */
/* What the files of the format perfetto share: its tracks, and what is kept of
 * awaits and processes. */
#pragma once

#include "awaitctl/export/notes.h"
#include "awaitctl/export/perfetto_packets.h"

enum counter { COUNTER_ALIVE, COUNTER_RUNNING, COUNTER_ASLEEP, COUNTERS };

struct perfetto {
	struct packets packets;
	struct table processes; /* struct place, by process */
	struct table lanes;	/* by function */
	struct table lives;	/* by await */
	uint64_t flows, lane_count;
};

/* A process that has a track. */
struct place {
	const struct lives_process *process;
	uint64_t track; /* 0: not yet */
	int64_t pid;	/* there, where no two have the same */
	int64_t counters[COUNTERS];
};

struct place *perfetto_place(struct export *to,
			     const struct lives_process *process);
uint64_t perfetto_thread(struct export *to, struct track *track);
void perfetto_count(struct export *to, const struct lives_process *process,
		    enum counter counter, int64_t more, int64_t time);

/* --- perfetto_lives.c --- */

/* What a wait by that change is on: the flow from its await's creation, or 0 if
 * that was not recorded. To be called once for each wait. */
uint64_t perfetto_flow(struct export *to, const struct lives_change *change);

/* Of each change. */
void perfetto_live(struct export *to, struct track *track,
		   const struct lives_change *change);

void perfetto_lives_free(struct perfetto *file);
