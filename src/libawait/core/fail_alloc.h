/* SPDX-License-Identifier: MIT */
/* Requests for memory that are refused: LIBAWAIT_DEBUG=fail-alloc. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Before the first request: those from the first to the last, counted from 1,
 * are refused. */
void fail_alloc_set(uint64_t first, uint64_t last);
/* Counts a request; true: take it as having failed. */
bool fail_alloc_now(void);
