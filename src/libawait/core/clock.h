/* SPDX-License-Identifier: MIT */
/* How long runs take, by the cheapest clock. clock.c has the model. */
#pragma once

#include <stdint.h>

/* Call before the first clock_ticks(), holding sinks_lock. */
void clock_begin(void);
uint64_t clock_ticks(void);
/* The time since clock_ticks() returned begin. */
uint64_t clock_ns_since(uint64_t begin);
