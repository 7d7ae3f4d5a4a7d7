/* SPDX-License-Identifier: MIT */
/* Tells what lives.h is asked to tell (change.h). All return 0, or -1: no
 * memory, or who is told returned that. Nobody need be told. */
#pragma once

#include "lives/asleep.h"
#include "lives/change.h"
#include "lives/moment.h"

/* What the event says; called before the await is changed by it, but for its
 * site. Of the end of a run, the run. */
int changes_tell(const struct moment *now, enum change_kind kind);

/* A sleep of the thread ends, as event says; NULL: no event says it. */
int changes_sleep(struct lives *lives, struct lives_thread *thread,
		  const struct lives_wait *wait, enum change_end end,
		  int64_t time, const struct trace_event *event);

/* What ends with no event of its own: the run of an await, if one is under way;
 * and the await. */
int changes_run(const struct lives *lives, const struct lives_await *await,
		enum change_end end, int64_t time);
int changes_end(const struct lives *lives, const struct lives_await *await,
		enum change_end end, int64_t time);

/* Everything that has not ended. */
int changes_finish(struct lives *lives);
