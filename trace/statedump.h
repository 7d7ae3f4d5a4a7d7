/* SPDX-License-Identifier: MIT */
/* State dumps at the start of sessions: see statedump.c. */
#pragma once

#include <stdint.h>

/* What await_trace_statedump() does. */
uint64_t await_lttng_statedump(void);

/* Once, as the tracer starts. */
void statedump_begin(void);
