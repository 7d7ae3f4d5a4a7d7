/* SPDX-License-Identifier: MIT */
/*
 * Whether the state dump of a process that ran before its session is in the
 * session's buffers. The process writes it on a thread of its own, some time
 * after the session has started; LTTng is asked to notify us of its last event.
 *
 *     begin > session starts > arrived? > end
 *
 * A state dump that another session made the process write at the same moment
 * is taken for it.
 */
#pragma once

#include "lttng/host.h"

struct lttng_condition;
struct lttng_notification_channel;
struct lttng_trigger;

struct statedump_wait {
	const struct lttng_host *host;
	struct lttng_condition *condition;
	struct lttng_trigger *trigger;
	struct lttng_notification_channel *channel;
};

/* Before the session of that name starts. Returns 0 or -1; end() follows in
 * either case. */
int statedump_wait_begin(struct statedump_wait *wait,
			 const struct lttng_host *host, const char *session,
			 int vpid, struct trouble *why);

/* Returns 1, or 0 if it has not arrived yet, or -1 if LTTng does not answer.
 * Does not wait for it. */
int statedump_wait_arrived(struct statedump_wait *wait, struct trouble *why);

/* Does nothing if *wait is all zero. */
void statedump_wait_end(struct statedump_wait *wait);
