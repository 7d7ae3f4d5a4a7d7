/* SPDX-License-Identifier: MIT */
/*
 * Arguments that outlive the run of their await, and the wait that ran it:
 * LIBAWAIT_DEBUG=args. saved_args.c has the model.
 */
#pragma once

#include <await/core.h>

#include <stdbool.h>

/* What debugging remembers of a slot. */
struct saved_args {
	AWAIT_ATOMIC(void *) args;	 /* of the await that it is, or NULL */
	AWAIT_ATOMIC(const void *) addr; /* of the wait that ran it, or NULL */
};

/* Before a run: a copy of its arguments, or NULL. */
void *saved_args_copy(struct await *aw);
/* After it: true if the await has the copy from now on. addr: the wait. */
bool saved_args_commit(struct await *aw, void *copy, bool resolved,
		       const void *addr);
/* As the await ends. */
void saved_args_end(struct await *aw);
/* The arguments of a resolved await, or NULL. */
const void *saved_args_of(const struct await *aw);
/* The wait that ran it last, or NULL. */
const void *saved_args_wait(const struct await *aw);
