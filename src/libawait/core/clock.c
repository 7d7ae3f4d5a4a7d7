/* SPDX-License-Identifier: MIT */
/*
 * How long runs take, in ticks of the cheapest clock. Two looks at it are most
 * of what measuring a run costs.
 *
 * The processor's own counter is taken where the kernel keeps CLOCK_MONOTONIC
 * by it, too: then it counts steadily and on all processors alike. A tick is
 * what passed of both since the first sink asked for the ends of runs. That is
 * known to some 100 ns, so it is looked up anew for short times, which are
 * wrong by no more, until enough has passed that it is good for all times but
 * long ones.
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

#define GOOD_NS 10000000u	/* to find what a tick is */
#define LONG_TICKS (1ull << 28) /* look again */
#define SCALE_BITS 24

/* Written under sinks_lock before a sink is armed, for good. Relaxed: what
 * the arming's barrier makes seen. */
static AWAIT_ATOMIC(uint64_t) begun_ns, begun_ticks;
static AWAIT_ATOMIC(bool) has_ticks;
/* Nanoseconds per tick, << SCALE_BITS; 0 when not yet good. Relaxed: a word. */
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
