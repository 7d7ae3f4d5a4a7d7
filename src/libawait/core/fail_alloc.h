/* SPDX-License-Identifier: MIT */
/* Allocations that fail on purpose: LIBAWAIT_DEBUG=fail-alloc. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Lets the allocations from the first to the last, counted from 1, fail. Call
 * before there is any. */
void fail_alloc_set(uint64_t first, uint64_t last);
/* Counts an allocation. True if it must fail. */
bool fail_alloc_now(void);
