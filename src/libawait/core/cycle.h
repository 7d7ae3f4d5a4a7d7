/* SPDX-License-Identifier: MIT */
/*
 * Waits that would wait for themselves: finding such a cycle, and writing down
 * who is in it. graph_lock is held throughout, which keeps edges as they are:
 * sleep.c.
 */
#pragma once

#include "libawait/core/thread.h"

#define CYCLE_MAX 64u

/* Awaits that wait for each other, each for the next. */
struct wait_cycle {
	const struct await *awaits[CYCLE_MAX];
	uint32_t length;
	bool more; /* it is longer */
};

/* Whether the edge from self to aw, which is published, closes a cycle. */
bool cycle_is_closed(const struct thread *self, struct await *aw);
/* Which one. */
void cycle_collect(struct wait_cycle *cycle, const struct thread *self,
		   const struct await *aw);
