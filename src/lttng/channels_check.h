/* SPDX-License-Identifier: MIT */
/*
 * Looks at what LTTng made of a channel: its answer to a request is no proof.
 * LTTng 2.16 heeds fields that 2.13 ignored and ignores what 2.13 refused, and
 * says success to both. What a channel's contexts are is nowhere to be seen in
 * liblttng-ctl.
 *
 * Called within a request (request.h). All return 0, or -1 if it is otherwise
 * than planned.
 */
#pragma once

#include "lttng/channels_plan.h"

struct lttng_handle;

/* That the session of somebody else has no buffers per process: LTTng 2.16
 * would make ours so, too. */
int channels_check_owner(const struct lttng_handle *handle,
			 struct trouble *why);

/* That the channel is there, enabled and of that kind, with buffers per user.
 */
int channels_check_made(const struct lttng_handle *handle,
			const struct channel *channel, struct trouble *why);

/* That its events are enabled, with their filters. */
int channels_check_rules(struct lttng_handle *handle,
			 const struct channel *channel, struct trouble *why);
