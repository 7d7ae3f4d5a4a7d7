/* SPDX-License-Identifier: MIT */
/* Waiting. wait.c has the model. */
#pragma once

#include <await/core.h>

/* All of a wait: 0 or an error as await_core_wait(). */
int wait_for(struct await *aw, uint32_t layout, const struct timespec *deadline,
	     const void *addr);
