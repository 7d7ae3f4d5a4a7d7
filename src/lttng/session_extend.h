/* SPDX-License-Identifier: MIT */
/*
 * Adds what a recording of awaits holds to a session that somebody else made.
 * LTTng makes no channel in a session that was started once, and never removes
 * one. So all is tried in a session of our own before theirs is touched.
 */
#pragma once

#include "lttng/host.h"

struct channels_options;

/* Returns 0 or -1. */
int session_extend(const struct lttng_host *host, const char *name,
		   const struct channels_options *options, struct trouble *why);
