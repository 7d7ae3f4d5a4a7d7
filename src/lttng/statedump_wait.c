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
	struct dumped *dumped;
	const char *session;
	int vpid;
};

static bool subscribe(struct dumped *dumped)
{
	dumped->channel = lttng_notification_channel_create(
		lttng_session_daemon_notification_endpoint);
	return dumped->channel && lttng_notification_channel_subscribe(
					  dumped->channel, dumped->condition) ==
					  LTTNG_NOTIFICATION_CHANNEL_STATUS_OK;
}

static int expect(void *data)
{
	const struct request *request = data;
	struct dumped *dumped = request->dumped;
	struct lttng_action *action = lttng_action_notify_create();

	dumped->condition = trigger_condition(&last, request->vpid);
	dumped->trigger = trigger_register(&last, dumped->condition, action,
					   request->session, ":dumped");
	lttng_action_destroy(action);
	if (!dumped->trigger)
		return EXIT_FAILED;
	if (subscribe(dumped))
		return 0;
	say("LTTng's session daemon does not tell of events: is it 2.13 or "
	    "later?");
	return EXIT_FAILED;
}

int dumped_expect(struct dumped *dumped, const char *session, int vpid)
{
	struct request request = { dumped, session, vpid };

	*dumped = (struct dumped){ 0 };
	return lttng_request(LTTNG_REQUEST_S, expect, &request, advice);
}

/* Returns 0 if there is a notification. */
static int look(void *data)
{
	struct dumped *dumped = data;
	bool pending = false;

	if (lttng_notification_channel_has_pending_notification(dumped->channel,
								&pending) !=
	    LTTNG_NOTIFICATION_CHANNEL_STATUS_OK)
		return EXIT_FAILED;
	return pending ? 0 : EXIT_FAILED;
}

bool dumped_came(struct dumped *dumped)
{
	return lttng_request(LTTNG_REQUEST_S, look, dumped, advice) == 0;
}

static int forget(void *data)
{
	struct dumped *dumped = data;

	lttng_notification_channel_destroy(dumped->channel);
	if (dumped->trigger)
		lttng_unregister_trigger(dumped->trigger);
	lttng_trigger_destroy(dumped->trigger);
	lttng_condition_destroy(dumped->condition);
	*dumped = (struct dumped){ 0 };
	return 0;
}

/* After a request that was given up this is none, and what it holds stays. */
void dumped_forget(struct dumped *dumped)
{
	if (dumped->condition)
		lttng_request(LTTNG_REQUEST_S, forget, dumped, advice);
}
