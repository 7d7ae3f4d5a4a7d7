/* SPDX-License-Identifier: MIT */
/*
 * Which awaits each thread sleeps for. What is left of that when all events
 * have been taken is what a program hangs in.
 *
 * A thread that does anything else does not sleep: if the end of its wait was
 * lost, its next event ends it. What was under way when the recording began is
 * known from the state dump, which may tell of a wait that has ended since.
 */
#pragma once

#include "lives/lives.h"

/* A wait that has not ended. */
struct lives_wait {
	uint64_t id; /* of the await */
	int64_t began;
	bool before; /* it was under way when the recording began, at began */
	uint64_t addr;
};

/* Of which an event of the thread tells; asleep_begin() returns 0, or -1
 * without memory. asleep_end() returns whether its beginning was recorded:
 * *ended is the wait. */
int asleep_begin(struct lives *lives, struct lives_thread *thread,
		 const struct trace_event *event);
bool asleep_end(struct lives *lives, struct lives_thread *thread,
		const struct trace_event *event, struct lives_wait *ended);

/* That a state dump tells of, of any thread of the process. Returns 0, or -1
 * without memory. */
int asleep_dumped(struct lives *lives, struct lives_process *process,
		  const struct trace_event *event);

/* Tells of the end of a wait, which asleep_end() has given or no event has told
 * of: then event is NULL. Returns 0, or -1 as changes.h. */
int asleep_woken(struct lives *lives, struct lives_thread *thread,
		 const struct lives_wait *wait, int64_t time,
		 const struct trace_event *event);

/* At any event but those of waits that sleep: its thread does not. Returns 0,
 * or -1 as changes.h. */
int asleep_end_all(struct lives *lives, struct lives_thread *thread,
		   int64_t time);
