/* SPDX-License-Identifier: MIT */
/* Outcomes without a run: see settle.c. */
#pragma once

#include <await/core.h>

/* await_core_cancel() of a handle that is one, for the call at addr. */
int settle_cancel(struct await *aw, const void *addr);
