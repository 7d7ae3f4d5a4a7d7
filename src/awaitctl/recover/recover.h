/* SPDX-License-Identifier: MIT */
/* awaitctl recover: finishes a recording that did not come to its end. */
#pragma once

struct lttng_host;

/* Returns the exit status. */
int recover(const char *directory, const struct lttng_host *host);
