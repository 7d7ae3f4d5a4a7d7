/* SPDX-License-Identifier: MIT */
/*
 * awaitctl record: runs a program, or finds one that runs, and records its
 * awaits.
 */
#pragma once

#include "lttng/channels_plan.h"
#include "lttng/host.h"
#include "lttng/relay.h"

#include <sys/types.h>

struct record_options {
	const char *directory; /* of the trace; or NULL */
	bool dry_run;	       /* only print commands that do the same */
	const char *depth;     /* of stacks, a number; NULL: the tracer's */
	const char *shm;       /* the directory of the buffers; or NULL */
	const char *format;    /* of the trace, see trace_format.h; or NULL */
	struct channels_options channels;
	bool stream; /* to the relay daemon at this address */
	struct relay_address relay;
	unsigned live_us; /* the interval at which others can follow; or 0 */
	bool wait;	  /* for what still runs when the program has ended */
	pid_t pid;	  /* of a process that runs already; or 0 */
	const char *session; /* a session of others to add to; or NULL */
};

bool record_is_ctf2(const struct record_options *options);

/*
 * argv: the program and its arguments, or nothing with pid or session. Returns
 * the program's exit status, or 1 with a reason when it could not be started;
 * then nothing is left behind.
 */
int record(const struct record_options *options, char *const argv[],
	   const struct lttng_host *host);
