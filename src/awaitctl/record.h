/* SPDX-License-Identifier: MIT */
/*
 * awaitctl record: runs a program and records its awaits.
 */
#pragma once

#include "channels.h"

struct record_options {
	const char *directory; /* where to; or NULL */
	bool dry_run;	       /* print commands that do the same, do nothing */
	const char *depth;     /* of stacks, a number; NULL: the tracer's */
	const char *shm;       /* where the files of the buffers go; or NULL */
	struct channels_options channels;
};

/*
 * argv: the program and its arguments. Returns the program's exit status, or
 * EXIT_FAILED when it could not be started; then nothing is left behind.
 */
int record(const struct record_options *options, char *const argv[]);
