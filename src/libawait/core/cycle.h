/* SPDX-License-Identifier: MIT */
/*
 * Cycles of threads that would wait for each other: finding one, and recording
 * the awaits in it. The caller holds graph_lock, so no edge changes meanwhile:
 * sleep.c.
 */
#pragma once

#include "libawait/core/thread.h"

#define CYCLE_MAX 64u

/* Awaits that wait for each other, each for the next. */
struct wait_cycle {
	const struct await *awaits[CYCLE_MAX];
	uint32_t length;
	bool more; /* the cycle is longer */
};

/* Whether the edges of self, which are published, close a cycle: all that they
 * lead to leads back. */
bool cycle_is_closed(const struct thread *self);
/* Records the cycle that was found last. */
void cycle_collect(struct wait_cycle *cycle, const struct thread *self);
