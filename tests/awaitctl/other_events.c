/* SPDX-License-Identifier: MIT */
/*
 * Emits events of another libawait's provider: a state dump of version MAJOR
 * .MINOR, a hit, an event that is new, and a `create` without its function if
 * that is asked for.
 *
 *     other-events MAJOR MINOR [create]
 */
#define LTTNG_UST_TRACEPOINT_CREATE_PROBES
#define LTTNG_UST_TRACEPOINT_DEFINE
#include "other_events.h"

#include <stdlib.h>

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	lttng_ust_tracepoint(await, statedump_begin, (unsigned)atoi(argv[1]),
			     (unsigned)atoi(argv[2]));
	lttng_ust_tracepoint(await, hit, 1);
	lttng_ust_tracepoint(await, moved, 1);
	if (argc > 3)
		lttng_ust_tracepoint(await, create, 2);
	return 0;
}
