/* SPDX-License-Identifier: MIT */
/*
 * Triggers of LTTng: actions it takes when an event happens. They belong to the
 * session daemon and see all programs, so each is named after the session that
 * it is for, as SESSION:snapshot, and removed with it. Every function is called
 * within a request (request.h).
 */
#pragma once

#include "lttng/host.h"

struct lttng_action;
struct lttng_condition;
struct lttng_trigger;

/* An event, as await:exec_end, with a filter or NULL. */
struct trigger {
	const char *event;
	const char *filter;
};

/* The suffix of a snapshot's trigger, and the number of matches at which it
 * takes one: only the first, since a storm of snapshots would fill the disk. */
#define TRIGGER_SNAPSHOT ":snapshot"
enum { TRIGGER_MATCHES = 1 };

/* Of a trigger's name: a session's name of 255 bytes, and what follows it. */
enum { TRIGGER_NAME_MAX = 300 };

/* The filter, for one process, or all if vpid is 0. Sets *text, which is to be
 * freed and may be NULL: no filter. Returns 0, or -1 without memory. */
int trigger_filter(char **text, const struct trigger *trigger, int vpid);

/* From now on the session records a snapshot at the first match. Returns 0 or
 * -1. */
int trigger_snapshot(const struct trigger *trigger, const char *session,
		     int vpid, struct trouble *why);

/* The condition of such a trigger. NULL without memory. */
struct lttng_condition *trigger_condition(const struct trigger *trigger,
					  int vpid);

/* condition and action stay the caller's. Returns what lttng_trigger_destroy()
 * takes, or NULL. */
struct lttng_trigger *trigger_register(const struct trigger *trigger,
				       struct lttng_condition *condition,
				       struct lttng_action *action,
				       const char *name, struct trouble *why);

/* Removes all that are for the session; notes those that cannot be. */
void trigger_remove(const struct lttng_host *host, const char *session);
