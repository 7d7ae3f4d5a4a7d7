/* SPDX-License-Identifier: MIT */
/*
 * The awaits of lives.h that are alive. One whose last reference is dropped is
 * added to the figures of its site and forgotten: at once, or, if a state dump
 * is under way, when that has ended, for it may tell of the await yet. Until
 * then it is gone.
 *
 * Functions that return int return 0, or -1 without memory.
 */
#pragma once

#include "lives/moment.h"

/* NULL: there is none. */
struct lives_await *alive_find(const struct lives *lives,
			       const struct lives_process *process,
			       uint64_t id);

/* That with the id of an event, made if it is the first of it, or if it creates
 * another one with that id. NULL: no memory. */
struct lives_await *alive_of(struct lives *lives, struct lives_process *process,
			     const struct trace_event *event, bool creates);

/* Its last reference was dropped. */
int alive_end(const struct moment *now);

/* The dump of a process's state has ended. */
void alive_end_dump(struct lives *lives, const struct lives_process *process);

/* The trace has ended: adds all to the figures. They stay to be looked at. */
int alive_settle(struct lives *lives);

void alive_free(struct lives *lives);
