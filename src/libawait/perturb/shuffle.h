/* SPDX-License-Identifier: MIT */
/* LIBAWAIT_PERTURB=shuffle. shuffle.c has the model. */
#pragma once

#include "libawait/core/compiler.h"

#include <await/core.h>

#include <stdbool.h>

/* Call before the first await is made. */
void shuffle_begin(uint64_t seed);
/* The hook core_hooks.wait. */
COLD bool shuffle_wait(struct await *aw, uint32_t *word,
		       const struct timespec *deadline, const void *addr,
		       int *rc);
/* The hook core_hooks.sleeps. */
COLD void shuffle_sleeps(void);
