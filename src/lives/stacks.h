/* SPDX-License-Identifier: MIT */
/*
 * The call stacks of awaits, where they were recorded and asked for: the last
 * one of each kind. Equal ones are kept once, for as long as an await or one of
 * the slowest runs has them.
 */
#pragma once

#include "lives/moment.h"

struct lives_stack {
	size_t users;
	uint64_t hash;
	bool truncated; /* there were more frames */
	size_t depth;
	uint64_t addrs[]; /* innermost first; all are within calls */
};

enum lives_stack_of {
	STACK_CREATED,
	STACK_FIRST_RUN, /* the wait that made it, or the start */
	STACK_RUN,	 /* likewise, of the last one */
	STACK_HIT,
	LIVES_STACKS
};

struct lives_stacks {
	struct {
		struct lives_stack *stack; /* or NULL */
		int64_t time;
	} of[LIVES_STACKS];
};

/* That of an event which event_is_stack(), of an await that is alive. Returns
 * 0, or -1 without memory. */
int stacks_take(const struct moment *now);

/* The same ones, for another user; NULL of NULL. *copy is NULL without memory:
 * then -1 is returned, otherwise 0. */
int stacks_copy(const struct lives_stacks *stacks, struct lives_stacks **copy);

/* NULL is left alone. */
void stacks_drop(struct lives *lives, struct lives_stacks *stacks);
