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

#include "lives/lives.h"

enum belonging {
	BELONGS_UNDECIDED,
	BELONGS,
	BELONGS_PERHAPS, /* it does not say */
	BELONGS_NOT,
	BELONGS_UNASKED, /* --pid asks for others */
};

/* Decides for all, once all has been read: sets what processes call
 * `belonging`. all: those of all recordings are asked for. */
void belonging_decide(struct lives *lives, bool all);
