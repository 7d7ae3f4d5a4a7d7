/* SPDX-License-Identifier: MIT */
/* awaitctl report --html: a report that one looks at in a browser. */
#pragma once

#include "awaitctl/report/report.h"

/* Writes options->html; "" is a name made of that of the directory. Returns the
 * exit status. */
int html_report(const char *directory, const struct report_options *options);
