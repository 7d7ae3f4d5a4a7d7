/* SPDX-License-Identifier: MIT */
/*
 * awaitctl ps and awaitctl top: the command lines, and ps itself. Both look at
 * a process without stopping it.
 */
#pragma once

#include "awaitctl/ps/view.h"

#include <stdio.h>

/* What they are told on the command line. */
struct ps_options {
	pid_t pid;
	struct view_options view;
	bool json;    /* ps */
	double delay; /* top: seconds from one look to the next */
	size_t count; /* top: looks, then it ends; 0: no end */
};

enum { PS_LIMIT = 20 };

/* Both take the words from the command's on. They return the exit status, or
 * -1 if help is asked for. */
int ps(int argc, char **argv);
int top(int argc, char **argv);

/* Returns 0, -1 if help is asked for, or EXIT_USAGE, which it has explained. */
int ps_options_read(struct ps_options *options, int argc, char **argv);

/* One look, as ps prints it. Returns 0, or -1. */
int ps_look(struct process *process, const struct ps_options *options,
	    FILE *out, struct trouble *why);
