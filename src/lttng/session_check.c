/* SPDX-License-Identifier: MIT */
/* See session_check.h. */
#include "lttng/session_check.h"

#include "lttng/channels_plan.h"
#include "lttng/failed.h"
#include "lttng/session.h"
#include "lttng/trace_format.h"

#include <lttng/lttng.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static int otherwise(const struct session *session, const char *what,
		     struct trouble *why)
{
	return trouble(
		why,
		"session %s of LTTng is not as asked for: %s; " LTTNG_KNOWN,
		session->name, what);
}

/* The policy comes first: what follows is only asked of those that have values,
 * as not every LTTng stands it otherwise. */
static bool has_values(const struct lttng_process_attr_tracker_handle *tracker)
{
	enum lttng_tracking_policy policy;

	return lttng_process_attr_tracker_handle_get_tracking_policy(tracker,
								     &policy) ==
		       LTTNG_PROCESS_ATTR_TRACKER_HANDLE_STATUS_OK &&
	       policy == LTTNG_TRACKING_POLICY_INCLUDE_SET;
}

static bool has_process(const struct lttng_process_attr_values *values,
			int vpid)
{
	unsigned count;
	pid_t pid;

	return lttng_process_attr_values_get_count(values, &count) ==
		       LTTNG_PROCESS_ATTR_VALUES_STATUS_OK &&
	       count == 1 &&
	       lttng_process_attr_values_get_pid_at_index(values, 0, &pid) ==
		       LTTNG_PROCESS_ATTR_VALUES_STATUS_OK &&
	       pid == vpid;
}

int session_check_process(const struct session *session, int vpid,
			  struct trouble *why)
{
	struct lttng_process_attr_tracker_handle *tracker = NULL;
	const struct lttng_process_attr_values *values = NULL;
	bool only = lttng_session_get_tracker_handle(
			    session->name, LTTNG_DOMAIN_UST,
			    LTTNG_PROCESS_ATTR_VIRTUAL_PROCESS_ID,
			    &tracker) == LTTNG_OK &&
		    has_values(tracker) &&
		    lttng_process_attr_tracker_handle_get_inclusion_set(
			    tracker, &values) ==
			    LTTNG_PROCESS_ATTR_TRACKER_HANDLE_STATUS_OK &&
		    has_process(values, vpid);

	lttng_process_attr_tracker_handle_destroy(tracker);
	if (only)
		return 0;
	return otherwise(session, "it does not record that one process", why);
}

/* What it is that was not asked for, or NULL. */
static const char *difference(const struct session *session,
			      const struct lttng_session *made)
{
	bool snapshot = session->options && session->options->snapshot;

	if (!made->enabled)
		return "it is not active";
	if (!trace_format_is(made, session->ctf2))
		return session->ctf2 ? "its format is not CTF 2" :
				       "its format is not CTF 1.8";
	if ((made->snapshot_mode != 0) != snapshot)
		return snapshot ? "it is no flight recorder" :
				  "it is a flight recorder";
	if (made->live_timer_interval != session->live_us)
		return session->live_us ? "it is not live at that interval" :
					  "it is live";
	return NULL;
}

int session_check_recording(const struct session *session, struct trouble *why)
{
	struct lttng_session *made = NULL;
	int count = lttng_list_sessions(&made);
	const char *what = "it is gone";

	if (count < 0)
		return lttng_failed(why, count, "cannot look at session",
				    session->name, LTTNG_KNOWN);
	for (int i = 0; i < count; i++)
		if (strcmp(made[i].name, session->name) == 0)
			what = difference(session, &made[i]);
	free(made);
	return what ? otherwise(session, what, why) : 0;
}
