/* SPDX-License-Identifier: MIT */
/*
 * awaitctl record --attach SESSION: adds the channels of awaits to a session
 * that somebody else made, next to what that records (the kernel, say) and in
 * the same trace. It stays theirs: they start, stop and destroy it.
 */
#pragma once

#include "awaitctl/record/record.h"

/* Returns 0 or -1. */
int attach_session(const struct record_options *options,
		   const struct lttng_host *host, struct trouble *why);
