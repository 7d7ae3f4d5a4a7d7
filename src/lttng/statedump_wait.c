/* SPDX-License-Identifier: MIT */
/* See statedump_wait.h. */
#include "lttng/statedump_wait.h"

#include "common/caller.h"
#include "lttng/trigger.h"
#include "lttng/request.h"

#include <lttng/lttng.h>
#include <stddef.h>

static const struct trigger last = { .event = "await:statedump_end" };

static const char advice[] = "Continue or end it";

struct request {
	struct statedump_wait *wait;
	const char *session;
	int vpid;
};

static bool subscribe(struct statedump_wait *wait)
{
	wait->channel = lttng_notification_channel_create(
		lttng_session_daemon_notification_endpoint);
	return wait->channel && lttng_notification_channel_subscribe(
					wait->channel, wait->condition) ==
					LTTNG_NOTIFICATION_CHANNEL_STATUS_OK;
}

static int expect(void *data)
{
	const struct request *request = data;
	struct statedump_wait *wait = request->wait;
	struct lttng_action *action = lttng_action_notify_create();

	wait->condition = trigger_condition(&last, request->vpid);
	wait->trigger = trigger_register(&last, wait->condition, action,
					 request->session, ":dumped");
	lttng_action_destroy(action);
	if (!wait->trigger)
		return EXIT_FAILED;
	if (subscribe(wait))
		return 0;
	say("LTTng's session daemon does not tell of events: is it 2.13 or "
	    "later?");
	return EXIT_FAILED;
}

int statedump_wait_begin(struct statedump_wait *wait, const char *session,
			 int vpid)
{
	struct request request = { wait, session, vpid };

	*wait = (struct statedump_wait){ 0 };
	return lttng_request(LTTNG_REQUEST_S, expect, &request, advice);
}

/* Returns 0 if there is a notification. */
static int look(void *data)
{
	struct statedump_wait *wait = data;
	bool pending = false;

	if (lttng_notification_channel_has_pending_notification(wait->channel,
								&pending) !=
	    LTTNG_NOTIFICATION_CHANNEL_STATUS_OK)
		return EXIT_FAILED;
	return pending ? 0 : EXIT_FAILED;
}

bool statedump_wait_arrived(struct statedump_wait *wait)
{
	return lttng_request(LTTNG_REQUEST_S, look, wait, advice) == 0;
}

static int forget(void *data)
{
	struct statedump_wait *wait = data;

	lttng_notification_channel_destroy(wait->channel);
	if (wait->trigger)
		lttng_unregister_trigger(wait->trigger);
	lttng_trigger_destroy(wait->trigger);
	lttng_condition_destroy(wait->condition);
	*wait = (struct statedump_wait){ 0 };
	return 0;
}

/* After a request that was given up this is none, and what it holds stays. */
void statedump_wait_end(struct statedump_wait *wait)
{
	if (wait->condition)
		lttng_request(LTTNG_REQUEST_S, forget, wait, advice);
}
