/* SPDX-License-Identifier: MIT */
/*
 * The end of a recording: of its session, its buffers and its trace. A step
 * that fails is said, and the next is done nevertheless: what can be kept of
 * the trace is kept.
 */
#pragma once

#include "awaitctl/record/attach_process.h"
#include "awaitctl/record/record.h"
#include "awaitctl/record/stream.h"
#include "awaitctl/tracedir/shm_dir.h"
#include "lttng/daemon.h"
#include "lttng/session.h"

/* What record.c sets up, in this order. */
struct recording {
	const struct record_options *options;
	const struct lttng_host *host;
	const char *name;		 /* of the program */
	char *const *argv;		 /* of a program that is started, or */
	struct attached_process process; /* one that runs already */
	struct stream stream;
	struct daemon daemon;
	struct identity identity;
	struct session session;
	struct shm_dir buffers; /* if the session has a shm */
	bool began;		/* the program runs: there is a trace to keep */
};

/* status: what program_wait() returned, or 0. Returns whether the trace is
 * whole. */
bool finish(struct recording *recording, int status);
