/* SPDX-License-Identifier: MIT */
/* See statedump_wait.h. */
#include "lttng/statedump_wait.h"

#include "lttng/request.h"
#include "lttng/trigger.h"

#include <lttng/lttng.h>
#include <stddef.h>
#include <stdio.h>

static const struct trigger last = { .event = "await:statedump_end" };

struct begin {
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

static int begin(void *data, struct trouble *why)
{
	const struct begin *begin = data;
	struct statedump_wait *wait = begin->wait;
	struct lttng_action *action = lttng_action_notify_create();
	char name[TRIGGER_NAME_MAX];

	snprintf(name, sizeof(name), "%s:dumped", begin->session);
	wait->condition = trigger_condition(&last, begin->vpid);
	wait->trigger =
		trigger_register(&last, wait->condition, action, name, why);
	lttng_action_destroy(action);
	if (!wait->trigger)
		return -1;
	if (subscribe(wait))
		return 0;
	return trouble(why, "LTTng's session daemon does not notify of events: "
			    "is it 2.13 or later?");
}

int statedump_wait_begin(struct statedump_wait *wait,
			 const struct lttng_host *host, const char *session,
			 int vpid, struct trouble *why)
{
	struct begin data = { wait, session, vpid };
	const struct lttng_request request = { .run = begin, .data = &data };

	*wait = (struct statedump_wait){ .host = host };
	return lttng_request(host, &request, why);
}

static int poll_arrived(void *data, struct trouble *why)
{
	const struct statedump_wait *wait = data;
	struct lttng_notification *notification = NULL;
	bool pending = false;

	(void)why;
	if (lttng_notification_channel_has_pending_notification(wait->channel,
								&pending) !=
		    LTTNG_NOTIFICATION_CHANNEL_STATUS_OK ||
	    !pending)
		return 0;
	/* The channel does not free what it has read and nobody took. */
	lttng_notification_channel_get_next_notification(wait->channel,
							 &notification);
	lttng_notification_destroy(notification);
	return 1;
}

int statedump_wait_arrived(struct statedump_wait *wait, struct trouble *why)
{
	const struct lttng_request request = { .run = poll_arrived,
					       .data = wait };

	return lttng_request(wait->host, &request, why);
}

static int end(void *data, struct trouble *why)
{
	struct statedump_wait *wait = data;

	(void)why;
	lttng_notification_channel_destroy(wait->channel);
	if (wait->trigger)
		lttng_unregister_trigger(wait->trigger);
	lttng_trigger_destroy(wait->trigger);
	lttng_condition_destroy(wait->condition);
	*wait = (struct statedump_wait){ 0 };
	return 0;
}

/* Once a request was given up, what this holds is never released. */
void statedump_wait_end(struct statedump_wait *wait)
{
	const struct lttng_request request = { .run = end, .data = wait };
	const struct lttng_host *host = wait->host;
	struct trouble why;

	if (wait->condition && lttng_request(host, &request, &why))
		lttng_host_note_trouble(host, &why);
}
