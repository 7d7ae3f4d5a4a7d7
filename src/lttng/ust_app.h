/* SPDX-License-Identifier: MIT */
/*
 * The processes that have registered with LTTng's session daemon. LTTng-UST
 * does that on a thread of its own, some time after the process has begun.
 */
#pragma once

#include "lttng/host.h"

#include <sys/types.h>

/* Whether the daemon knows the events of awaits of the process: 1, 0, or -1. */
int ust_app_is_registered(const struct lttng_host *host, pid_t pid,
			  struct trouble *why);
