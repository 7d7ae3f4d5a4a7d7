/* SPDX-License-Identifier: MIT */
/* The command line of awaitctl report. */
#pragma once

#include "awaitctl/report/report.h"

/* argv begins with the command's name. Returns 0, and argv[optind] is the
 * directory; or -1 if the help is wanted; or says what is wrong and returns the
 * exit status. */
int report_options_read(struct report_options *options, int argc, char **argv);
