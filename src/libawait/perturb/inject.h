/* SPDX-License-Identifier: MIT */
/* LIBAWAIT_PERTURB=delay-nth and fail-nth. inject.c has the model. */
#pragma once

#include "libawait/core/compiler.h"

#include <await/core.h>

/* Runs from the first to the last; none if first is 0. */
struct run_range {
	uint64_t first, last;
};

/* Both before the first await is made. */
void inject_delay_at(struct run_range which, uint64_t us);
void inject_failure_at(struct run_range which, int error);

/* As a run begins: 0, or the error it ends with; as core_hooks. */
COLD int inject_run(const struct await *aw);
