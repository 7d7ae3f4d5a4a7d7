/* SPDX-License-Identifier: MIT */
/*
 * awaitctl record --dry-run: the commands that do what record would do, for a
 * shell. The plan of the channels and the program's settings are the same
 * objects that record uses.
 */
#pragma once

#include "record.h"

/* Returns 0, or says what failed and returns EXIT_FAILED. */
int dryrun_print(const struct record_options *options, const char *session,
		 const char *directory, char *const argv[]);
