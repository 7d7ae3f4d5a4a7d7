/* SPDX-License-Identifier: MIT */
/* The command line of awaitctl export. */
#pragma once

#include "awaitctl/export/export.h"

/* As report_options_read(). */
int export_options_read(struct export_options *options, int argc, char **argv);
