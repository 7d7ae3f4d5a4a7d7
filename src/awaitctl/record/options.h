/* SPDX-License-Identifier: MIT */
/*
 * The command line of awaitctl record: texts into struct record_options. What
 * is wrong with one is said in a line that ends in where the help is.
 */
#pragma once

#include "awaitctl/record/record.h"

/* Reads the options, and leaves optind at the program. Returns 0, EXIT_USAGE
 * after saying what is wrong, or -1: the help is asked for. */
int options_read(struct record_options *options, int argc, char **argv);
