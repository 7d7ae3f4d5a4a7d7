/* SPDX-License-Identifier: MIT */
/*
 * The cheapest clock for stamping events: clock_gettime() would take half of
 * the time that recording one costs. It ticks at one constant rate on all
 * processors; how long a tick is follows from a comparison with CLOCK_MONOTONIC
 * at both ends of a recording.
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

struct moment {
	uint64_t ns, ticks;
};

/* Reads both clocks at one moment: repeats that until nothing comes in
 * between. */
static inline struct moment now_both(void)
{
	enum { CLOSE_TICKS = 300 }; /* some 100 ns */
	struct moment now = { 0, 0 };
	uint64_t least = UINT64_MAX;

	for (int i = 0; i < 10 && least > CLOSE_TICKS; i++) {
		uint64_t begin = now_ticks(), ns = now_ns();
		uint64_t took = now_ticks() - begin;

		if (took >= least)
			continue;
		least = took;
		now = (struct moment){ ns, begin + took / 2 };
	}
	return now;
}
