/* SPDX-License-Identifier: MIT */
/*
 * Whether the state dump of a process that ran before its session is in the
 * session's buffers. The process makes it on a thread of its own, some time
 * after the session has started; LTTng is asked to tell of its last event.
 *
 *     expect > session starts > came? > forget
 *
 * One that another session made the process begin at the same moment passes for
 * it.
 */
#pragma once

#include <stdbool.h>

struct lttng_condition;
struct lttng_notification_channel;
struct lttng_trigger;

struct dumped {
	struct lttng_condition *condition;
	struct lttng_trigger *trigger;
	struct lttng_notification_channel *channel;
};

/* Before the session of that name starts. Returns 0, or says what failed and
 * returns EXIT_FAILED. */
int dumped_expect(struct dumped *dumped, const char *session, int vpid);

/* Does not wait. */
bool dumped_came(struct dumped *dumped);

/* Also after an error, or if nothing was expected: then it is all NULL. */
void dumped_forget(struct dumped *dumped);
