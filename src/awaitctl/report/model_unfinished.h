/* SPDX-License-Identifier: MIT */
/*
 * What is under way: which await's function each thread runs, and which awaits
 * it sleeps for. What is left of that when all events have been taken is what a
 * program hangs in.
 *
 * A thread that does anything else does not sleep: if the end of its wait was
 * lost, its next event ends it. What was under way when the recording began is
 * known from the state dump, which may tell of a wait that has ended since.
 */
#pragma once

#include "awaitctl/report/model.h"

/* A wait, or a run, that has not ended. */
struct model_unfinished {
	const struct model_await *await;
	int64_t thread; /* 0: not known */
	int64_t began;
	bool before;   /* it was under way when the recording began, at began */
	bool runs;     /* otherwise it waits */
	uint64_t addr; /* of the wait, also of that which runs it */
};

void unfinished_begin_run(struct model_await *await,
			  const struct trace_event *event);
void unfinished_begin_wait(struct model *model, struct model_await *await,
			   const struct trace_event *event);
void unfinished_end_wait(struct model *model, struct model_await *await,
			 const struct trace_event *event);

/* Events of state dumps: where one begins, and what is under way then. */
void unfinished_dump(struct model_process *process,
		     const struct trace_event *event);
void unfinished_dumped_run(struct model_await *await,
			   const struct trace_event *event);
void unfinished_dumped_wait(struct model *model, struct model_await *await,
			    const struct trace_event *event);

/* Any event but those of waits that sleep: its thread does not. */
void unfinished_note(struct model *model, const struct trace_event *event);

/* All of the recording, those first that began first; returns how many. After
 * model_finish(). *found is to be freed. */
size_t unfinished_find(const struct model *model,
		       struct model_unfinished **found);

/* What these functions have allocated, but for what must_calloc() gave. */
void unfinished_free(struct model *model);
