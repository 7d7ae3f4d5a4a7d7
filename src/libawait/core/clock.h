/* SPDX-License-Identifier: MIT */
/* How long runs take, by the cheapest clock. clock.c has the model. */
#pragma once

#include <stdint.h>

/* Before the first clock_ticks(); sinks_lock held. */
void clock_begin(void);
uint64_t clock_ticks(void);
/* begin: what clock_ticks() was. */
uint64_t clock_ns_since(uint64_t begin);
