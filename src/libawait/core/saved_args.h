/* SPDX-License-Identifier: MIT */
/*
 * Arguments that outlive the run of their await, and the wait that ran it:
 * LIBAWAIT_DEBUG=args. saved_args.c has the model.
 */
#pragma once

#include <await/core.h>

#include <stdbool.h>

/* The saved arguments and wait of one slot. */
struct saved_args {
	AWAIT_ATOMIC(void *) args;	 /* of the await in the slot, or NULL */
	AWAIT_ATOMIC(const void *) addr; /* of the wait that ran it, or NULL */
};

/* Called before a run. Returns a copy of its arguments, or NULL if there are
 * none or memory is out. */
void *saved_args_copy(struct await *aw);
/* Called after the run. True if the await owns the copy from now on. addr is
 * the wait that ran it. */
bool saved_args_commit(struct await *aw, void *copy, bool resolved,
		       const void *addr);
/* Called as the await ends: releases the arguments. */
void saved_args_end(struct await *aw);
/* The arguments of a resolved await, or NULL. */
const void *saved_args_of(const struct await *aw);
/* The wait that ran it last, or NULL. */
const void *saved_args_wait(const struct await *aw);
