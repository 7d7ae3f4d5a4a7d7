/* SPDX-License-Identifier: MIT */
/*
 * What is known of an await when its life has ended. The model's changes
 * (lives/change.h) are gathered while it is alive. What is not known is said to
 * be so, by a member that is NULL or by a time that is not known.
 */
#pragma once

#include "common/table.h"
#include "lives/lives.h"

/* ns, as those of events. */
struct life_time {
	bool known;
	int64_t at;
};

struct life {
	const struct lives_await *await; /* while it is alive */
	uint64_t id;
	int64_t pid;
	uint64_t runs, hits, waits; /* that were recorded */
	/* Of all its waits together, up to the end of its process or of the
	 * trace; unless one slept nobody knows how long. */
	uint64_t blocked_ns;
	struct life_time created;
	struct life_time first_wait; /* known only if created is */
	struct life_time first_run, first_run_ended;
	int64_t ended_at;
	uint64_t state;	      /* enum await_state, that it ended in */
	int64_t error;	      /* that it failed with */
	const char *ended_by; /* "drop", "process", "trace" */
	char *name;
	/* Stay as long as the model: */
	const char *function, *type, *file, *host;
	uint64_t line;
	bool pid_known, blocked_known, state_known, error_known, line_known;
	bool lossy; /* events had been lost by then */
};

/* Those of awaits that are alive. */
struct lives_told {
	struct table by_await;
};

/*
 * Takes a change. Returns 0, or -1 without memory. *ended is NULL, or a life
 * that has ended: free it with life_free().
 */
int life_take(struct lives_told *told, const struct lives *lives,
	      const struct lives_change *change, struct life **ended);
void life_free(struct life *life);

void lives_told_free(struct lives_told *told);
