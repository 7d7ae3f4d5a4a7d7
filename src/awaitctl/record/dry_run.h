/* SPDX-License-Identifier: MIT */
/*
 * awaitctl record --dry-run: the commands that do what record would do, for a
 * shell. The plan of the channels and the program's settings are the same
 * objects that record uses.
 */
#pragma once

#include "awaitctl/record/record.h"

/* Both return 0 or -1. argv is NULL if the options name a process; recordings:
 * see program_settings(). */
int dry_run_print(const struct record_options *options, const char *session,
		  const char *recordings, const char *directory,
		  char *const argv[], struct trouble *why);

/* For a session that exists. */
int dry_run_session(const struct channels_options *options, const char *session,
		    struct trouble *why);
