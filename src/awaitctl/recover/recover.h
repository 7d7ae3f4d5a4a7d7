/* SPDX-License-Identifier: MIT */
/*
 * The command awaitctl recover: finishes a recording that did not come to its
 * end. The work is recovery.h's, which ends every recording.
 */
#pragma once

struct lttng_host;

/* Returns the exit status. */
int recover(const char *directory, const struct lttng_host *host);
