/* SPDX-License-Identifier: MIT */
/*
 * Which processes a recording is of. LTTng records all programs of its user
 * that have the tracer, and the session daemon of root those of all users. What
 * belongs to the recording is the program that awaitctl started and its
 * descendants: each tells the tags in its environment and its parent
 * (trace/process.h), and the session's name has the recording's tag.
 *
 *     a tag of its environment is the recording's   it belongs
 *     it has none, and is a program that one that
 *     belongs has executed in its place             it belongs
 *     its parent belongs                            it belongs
 *     it says nothing, or the session has no tag    nobody knows: counted
 *
 * In the session of an attached process there is nothing else.
 */
#pragma once

#include "awaitctl/report/model.h"

/* Notes what a process says of itself, and returns what stands for it from now
 * on: another one, if its number or its place has become another program's. */
struct model_process *belonging_note(struct model *model,
				     struct model_process *process,
				     const struct trace_event *event);

/* Decides for all, once all has been read. */
void belonging_decide(struct model *model);
