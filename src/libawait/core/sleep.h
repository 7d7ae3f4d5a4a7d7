/* SPDX-License-Identifier: MIT */
/* Sleeping until an await is settled. sleep.c has the model. */
#pragma once

#include "libawait/core/state.h"
#include "libawait/core/thread.h"

void sleep_lock(void);
void sleep_unlock(void);

/* Whether a wait has to sleep: a thread runs it, or only a promise's owner
 * can settle it. */
static inline bool must_sleep(const struct await *aw, uint32_t word)
{
	return state_of(word) == AWAIT_RUNNING ||
	       (state_of(word) == AWAIT_PENDING && !aw->site->func->run);
}

/*
 * Sleeps while must_sleep(), as it was in word, and until deadline if that is
 * not NULL. Returns 0 and the new word; -EDEADLK when the thread that runs aw
 * waits for this one; -ETIMEDOUT.
 */
int sleep_until_settled(struct await *aw, uint32_t *word,
			const struct timespec *deadline, const void *addr);
void wake_sleepers(struct await *aw);
