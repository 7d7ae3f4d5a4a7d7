/* SPDX-License-Identifier: MIT */
/*
 * awaitctl diff: what differs in two recorded runs, or two ranks of one.
 */
#pragma once

#include <stdbool.h>

struct diff_options {
	const char *directories[2]; /* A and B */
	const char *processes[2];   /* as match_choose() has them */
	unsigned rows;		    /* of each table */
	bool one_process;	    /* --process was given once: of both */
	bool all;		    /* processes, or those of the recordings */
	bool json;
};

/* Returns 0 if the order of waits is the same, or EXIT_FAILED: it differs, or
 * that is unknown, or says why there is nothing to compare. */
int diff(const struct diff_options *options);
