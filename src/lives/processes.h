/* SPDX-License-Identifier: MIT */
/* The processes of lives.h, and what they say of themselves. All live as long
 * as the model; NULL: no memory. */
#pragma once

#include "lives/lives.h"

/* That of an event, made if it is the first of it. */
struct lives_process *processes_of(struct lives *lives,
				   const struct trace_event *event);

/* NULL: there is none. */
struct lives_process *processes_numbered(const struct lives *lives,
					 int64_t number);

/* On the same host, in the same namespace. */
struct lives_process *processes_parent(const struct lives *lives,
				       const struct lives_process *process);

/* One that has another's place from that time on: its number, or its program.
 */
struct lives_process *processes_replace(struct lives *lives,
					struct lives_process *before,
					int64_t time);

/* 1 if the event tells of a process, not of its awaits: then it is noted. Or 0,
 * or -1 without memory. */
int processes_event(struct lives *lives, const struct trace_event *event);

/* Leaves, of the children, those of processes that are asked for (if wanted()
 * is true of them) and that have said nothing themselves. */
void processes_drop_recorded(
	struct lives *lives,
	bool (*wanted)(const struct lives_process *process));

void processes_free(struct lives *lives);
