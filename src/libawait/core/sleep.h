/* SPDX-License-Identifier: MIT */
/* Sleeping until an await is settled. sleep.c has the model. */
#pragma once

#include "libawait/core/sink.h"
#include "libawait/core/state.h"
#include "libawait/core/thread.h"

void sleep_lock(void);
void sleep_unlock(void);

/* Whether a wait has to sleep: a thread runs the await, or it is a promise,
 * which no wait can settle. */
static inline bool must_sleep(const struct await *aw, uint32_t word)
{
	return state_of(word) == AWAIT_RUNNING ||
	       (state_of(word) == AWAIT_PENDING && !aw->site->func->run);
}

/*
 * Publishes that self is about to sleep on aw or, if any is not NULL, on all of
 * those, of which aw is the first. Returns 0 or -EDEADLK. sleep_leave()
 * withdraws it.
 */
int sleep_enter(struct thread *self, struct await *aw, struct any *any,
		const void *addr);
void sleep_leave(struct thread *self);
/* Emits BLOCK_BEGIN, BLOCK_END or CYCLE. */
void sleep_event(enum await_event_type type, struct await *aw, uint32_t word,
		 const void *addr);

/*
 * Sleeps while must_sleep() is true, until deadline if that is not NULL. *word
 * is the state word that the caller has seen. Returns 0, with the new word in
 * *word; -EDEADLK if the thread that runs aw is this one or waits for it,
 * perhaps through others; or -ETIMEDOUT.
 */
int sleep_until_settled(struct await *aw, uint32_t *word,
			const struct timespec *deadline, const void *addr);
