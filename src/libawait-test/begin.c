/* SPDX-License-Identifier: MIT */
/*
 * How the library begins, in the order that stands in begin(): its one
 * constructor.
 *
 * Locks are taken before a fork in the opposite order of the calls here: one
 * that is taken while another is held comes before that. Names of functions are
 * looked up under the lock of load.c.
 *
 * LIBAWAIT_RECORD=N in the environment records the last N events of any
 * program, for `await log` in gdb; the library may be preloaded for that.
 */
#define _GNU_SOURCE /* secure_getenv */
#include "common/number.h"
#include "libawait-test/assert/deferred_failures.h"
#include "libawait-test/load/load.h"
#include "libawait-test/records/functions.h"
#include "libawait-test/recorder/event_ring.h"
#include "libawait-test/recorder/recorder.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MOST (1u << 30)

static void begin_if_requested(void)
{
	const char *text = secure_getenv("LIBAWAIT_RECORD");
	uint64_t events;

	if (!text || !*text)
		return;
	if (!number_parse(text, 1, MOST, &events))
		dprintf(STDERR_FILENO,
			"await: LIBAWAIT_RECORD: not a number of events: %s "
			"(nothing is recorded)\n",
			text);
	else
		recorder_begin_at_start(events);
}

__attribute__((constructor)) static void begin(void)
{
	deferred_failures_watch_forks();
	functions_watch_forks();
	tracing_watch_forks();
	recorder_watch_forks();
	event_ring_load();
	begin_if_requested();
}
