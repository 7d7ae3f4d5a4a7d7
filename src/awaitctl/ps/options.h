/* SPDX-License-Identifier: MIT */
/*
 * The options of awaitctl ps and awaitctl top, which are the same but for a
 * few.
 */
#pragma once

#include "awaitctl/ps/view.h"

#include <sys/types.h>

struct ps_options {
	pid_t pid;
	struct view_options view;
	bool json;    /* ps */
	double delay; /* top: seconds from one refresh to the next */
	size_t count; /* top: ends after so many; 0: never */
};

enum { PS_LIMIT = 20 };

/* Reads the command line of the command that argv[0] names. Returns 0, -1 when
 * the help is wanted, or EXIT_USAGE after saying what is wrong. */
int ps_options_read(struct ps_options *options, int argc, char **argv);
