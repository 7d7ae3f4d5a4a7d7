/* SPDX-License-Identifier: MIT */
/*
 * awaitctl ps, which looks at a process once, and what awaitctl top shares with
 * it. Neither stops the process.
 */
#pragma once

#include "awaitctl/ps/options.h"

#include <stdio.h>

/* argv[0] is the name of the command. Both return the exit status, or -1 when
 * the help is wanted. */
int ps(int argc, char **argv);
int top(int argc, char **argv);

/* Reads the process and prints it as ps does. Returns 0, or -1. */
int ps_look(struct process *process, const struct ps_options *options,
	    FILE *out, struct trouble *why);
