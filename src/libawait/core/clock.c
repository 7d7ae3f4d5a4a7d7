/* SPDX-License-Identifier: MIT */
/*
 * Measures how long runs take, with the cheapest clock: reading it twice is
 * most of what measuring a run costs.
 *
 * That is the processor's own counter where the kernel, too, derives
 * CLOCK_MONOTONIC from it: then it counts at one constant rate on all
 * processors. The length of a tick follows from how far both have come since
 * the first sink requested the ends of runs. That is known to within some 100
 * ns, so at first it is computed anew for each run, whose time is wrong by no
 * more than that; once enough time has passed the result is kept, and good for
 * all but long runs.
 */
#include "libawait/core/clock.h"

#include "common/ticks.h"
#include "libawait/core/compiler.h"

#include <await/core.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#define GOOD_NS 10000000u	/* enough to know the length of a tick */
#define LONG_TICKS (1ull << 28) /* compute it anew */
#define SCALE_BITS 24

/* Written once, under sinks_lock, before a sink is armed. Relaxed: the barrier
 * of arming makes them visible. */
static AWAIT_ATOMIC(uint64_t) begun_ns, begun_ticks;
static AWAIT_ATOMIC(bool) has_ticks;
/* Nanoseconds per tick, << SCALE_BITS; 0 until it is known well enough.
 * Relaxed: a single word. */
static AWAIT_ATOMIC(uint64_t) scale;

static uint64_t get(AWAIT_ATOMIC(uint64_t) * from)
{
	return atomic_load_explicit(from, memory_order_relaxed);
}

static void set(AWAIT_ATOMIC(uint64_t) * to, uint64_t value)
{
	atomic_store_explicit(to, value, memory_order_relaxed);
}

static bool is_kernels_clock(void)
{
	static const char path[] = "/sys/devices/system/clocksource/"
				   "clocksource0/current_clocksource";
	char name[4];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? 0 : read(fd, name, sizeof(name));

	if (fd >= 0)
		close(fd);
	return length == 4 && memcmp(name, "tsc\n", 4) == 0;
}

void clock_begin(void)
{
	struct moment begin;
	int error = errno;

	if (get(&begun_ns) != 0)
		return;
	atomic_store_explicit(&has_ticks, is_kernels_clock(),
			      memory_order_relaxed);
	begin = now_both();
	set(&begun_ticks, begin.ticks);
	set(&begun_ns, begin.ns);
	errno = error;
}

uint64_t clock_ticks(void)
{
	return atomic_load_explicit(&has_ticks, memory_order_relaxed) ?
		       now_ticks() :
		       now_ns();
}

static uint64_t exactly(uint64_t ticks)
{
	struct moment end = now_both();
	uint64_t passed_ns = end.ns - get(&begun_ns);
	double ns_per_tick =
		(double)passed_ns / (double)(end.ticks - get(&begun_ticks));

	if (passed_ns >= GOOD_NS && get(&scale) == 0)
		set(&scale, (uint64_t)(ns_per_tick * (1u << SCALE_BITS)));
	return (uint64_t)(ns_per_tick * (double)ticks);
}

uint64_t clock_ns_since(uint64_t begin)
{
	uint64_t end = clock_ticks();
	uint64_t ticks = end > begin ? end - begin : 0;

	if (!atomic_load_explicit(&has_ticks, memory_order_relaxed))
		return ticks;
	if (UNLIKELY(get(&scale) == 0 || ticks >= LONG_TICKS))
		return exactly(ticks);
	return ticks * get(&scale) >> SCALE_BITS;
}
