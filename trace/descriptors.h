/* SPDX-License-Identifier: MIT */
/* LTTng's file descriptors in the program: see descriptors.c. */
#pragma once

#include <stdint.h>

/* The lowest of them from that number on; UINT_MAX if there is none, or none
 * that is guarded. */
unsigned int descriptors_next(unsigned int from);

/* How often the program has closed some, as far as LTTng has noticed. */
uint32_t descriptors_times_lost(void);

/* In a forked child, which gets its own. */
void descriptors_forked(void);
