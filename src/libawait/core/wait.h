/* SPDX-License-Identifier: MIT */
/* Waiting, claiming and running. wait.c has the model. */
#pragma once

#include "libawait/core/state.h"
#include "libawait/core/thread.h"

/* All of a wait: 0 or an error as await_core_wait(). */
int wait_for(struct await *aw, uint32_t layout, const struct timespec *deadline,
	     const void *addr);
/* Runs what nobody has claimed yet. */
COLD void wait_run_new(struct await *aw, const void *addr);
/* Runs what was claimed for this thread. */
COLD void wait_run_claimed(struct await *aw, const void *addr);

/* PENDING or FAILED becomes RUNNING, owned by self. On failure *word is what
 * the state is now. */
bool wait_claim(struct await *aw, uint32_t *word, const struct thread *self);
/* Before the outcome of a failure is published. */
void wait_store_error(struct await *aw, int rc);
/* Publishes the outcome of what self has claimed. True when the last reference
 * had gone meanwhile: then the await has ended. */
bool wait_publish(struct await *aw, struct thread *self,
		  enum await_state outcome, const void *addr);
