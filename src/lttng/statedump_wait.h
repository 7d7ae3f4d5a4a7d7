/* SPDX-License-Identifier: MIT */
/*
 * Whether the state dump of a process that ran before its session is in the
 * session's buffers. The process makes it on a thread of its own, some time
 * after the session has started; LTTng is asked to tell of its last event.
 *
 *     begin > session starts > arrived? > end
 *
 * One that another session made the process begin at the same moment passes for
 * it.
 */
#pragma once

#include <stdbool.h>

struct lttng_condition;
struct lttng_notification_channel;
struct lttng_trigger;

struct statedump_wait {
	struct lttng_condition *condition;
	struct lttng_trigger *trigger;
	struct lttng_notification_channel *channel;
};

/* Before the session of that name starts. Returns 0, or says what failed and
 * returns EXIT_FAILED. */
int statedump_wait_begin(struct statedump_wait *wait, const char *session,
			 int vpid);

/* Does not wait. */
bool statedump_wait_arrived(struct statedump_wait *wait);

/* Also after an error, or if nothing was expected: then it is all NULL. */
void statedump_wait_end(struct statedump_wait *wait);
