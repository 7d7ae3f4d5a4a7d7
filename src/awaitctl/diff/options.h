/* SPDX-License-Identifier: MIT */
/* The command line of awaitctl diff. */
#pragma once

#include "awaitctl/diff/diff.h"

/* As usage_read(). */
int diff_options_read(struct diff_options *options, int argc, char **argv);
