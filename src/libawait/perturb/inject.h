/* SPDX-License-Identifier: MIT */
/* LIBAWAIT_PERTURB=delay-nth and fail-nth. inject.c has the model. */
#pragma once

#include "libawait/core/compiler.h"

#include <await/core.h>

/* The runs from number first to number last; none if first is 0. */
struct run_range {
	uint64_t first, last;
};

/* Call both before the first await is made. */
void inject_delay_at(struct run_range which, uint64_t us);
void inject_failure_at(struct run_range which, int error);

/* The hook core_hooks.run, called as a run begins: 0, or the error with which
 * it fails. */
COLD int inject_run(const struct await *aw);
