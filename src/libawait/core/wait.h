/* SPDX-License-Identifier: MIT */
/* Waiting for an await. wait.c has the model. */
#pragma once

#include "libawait/core/compiler.h"

#include <await/core.h>

/* Waits, in all cases: the fast paths end here if they do not apply. Returns 0
 * or an error, as await_core_wait() does. */
int wait_for(struct await *aw, uint32_t layout, const struct timespec *deadline,
	     const void *addr);
/* Emits WAIT_END of a wait that found aw in word, or was refused then, and
 * returns rc, its result. */
NOINLINE int wait_ended(struct await *aw, uint32_t word, int rc,
			const void *addr);
