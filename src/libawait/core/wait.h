/* SPDX-License-Identifier: MIT */
/* Waiting for an await. wait.c has the model. */
#pragma once

#include <await/core.h>

/* Waits, in all cases: the fast paths end here if they do not apply. Returns 0
 * or an error, as await_core_wait() does. */
int wait_for(struct await *aw, uint32_t layout, const struct timespec *deadline,
	     const void *addr);
