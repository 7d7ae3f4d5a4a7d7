/* SPDX-License-Identifier: MIT */
/*
 * The cheapest clock there is, for stamping events: half of what recording one
 * costs would be clock_gettime(). It counts steadily, on all processors alike;
 * what a tick is shows by comparing with CLOCK_MONOTONIC at both ends of a
 * recording.
 */
#pragma once

#include <stdint.h>
#include <time.h>

static inline uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

#ifdef __x86_64__
static inline uint64_t now_ticks(void)
{
	return __builtin_ia32_rdtsc();
}
#else
static inline uint64_t now_ticks(void)
{
	return now_ns();
}
#endif
