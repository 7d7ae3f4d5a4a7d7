/* SPDX-License-Identifier: MIT */
/*
 * LIBAWAIT_RECORD=N in the environment: the last N events of any program, for
 * `await log` in gdb, from when this library is loaded; it may be preloaded.
 */
#define _GNU_SOURCE /* secure_getenv */
#include "libawait-test/records/records.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MOST (1ul << 30)

__attribute__((constructor)) static void begin_if_asked(void)
{
	const char *text = secure_getenv("LIBAWAIT_RECORD");
	unsigned long events = 0;
	char *end;

	if (!text || !*text)
		return;
	if (*text >= '0' && *text <= '9')
		events = strtoul(text, &end, 10);
	if (events == 0 || *end || events > MOST)
		dprintf(STDERR_FILENO,
			"await: LIBAWAIT_RECORD: not a number of events: %s "
			"(nothing is recorded)\n",
			text);
	else
		recorder_begin_at_start(events);
}
