/* SPDX-License-Identifier: MIT */
/* See channels_check.h. */
#include "lttng/channels_check.h"

#include "lttng/failed.h"

#include <inttypes.h>
#include <lttng/lttng.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WHAT_SIZE = 512 };

static int otherwise(const char *channel, const char *what, struct trouble *why)
{
	return trouble(
		why,
		"channel %s of LTTng is not as asked for: %s; " LTTNG_KNOWN,
		channel, what);
}

static int cannot_look(int rc, const char *at, struct trouble *why)
{
	return lttng_failed(why, rc, "cannot look at channel", at, LTTNG_KNOWN);
}

/* Returns the buffer type of the session's user space, or a negative number if
 * it has none or LTTng does not say. */
static int find_owner(const char *session)
{
	struct lttng_domain *domains = NULL;
	int count = lttng_list_domains(session, &domains), owner = -1;

	if (count < 0)
		return count;
	for (int i = 0; i < count; i++)
		if (domains[i].type == LTTNG_DOMAIN_UST)
			owner = (int)domains[i].buf_type;
	free(domains);
	return owner;
}

int channels_check_owner(const struct lttng_handle *handle, struct trouble *why)
{
	if (find_owner(handle->session_name) != LTTNG_BUFFER_PER_PID)
		return 0;
	return trouble(why,
		       "session %s has buffers per process: make the session's "
		       "other channels with --buffers-uid",
		       handle->session_name);
}

/* Returns whether it is as planned, or else sets what to what it is. */
static bool is_planned(struct lttng_channel *made,
		       const struct channel *channel, char what[WHAT_SIZE])
{
	int64_t timeout = 0;

	lttng_channel_get_blocking_timeout(made, &timeout);
	if (!made->enabled)
		snprintf(what, WHAT_SIZE, "it is disabled");
	else if (made->attr.subbuf_size != channel->subbuf_size ||
		 made->attr.num_subbuf != channel->subbufs)
		snprintf(what, WHAT_SIZE,
			 "it has %" PRIu64 " sub-buffers of %" PRIu64
			 " bytes, not %" PRIu64 " of %" PRIu64,
			 made->attr.num_subbuf, made->attr.subbuf_size,
			 channel->subbufs, channel->subbuf_size);
	else if ((made->attr.overwrite == 1) != channel->overwrite)
		snprintf(what, WHAT_SIZE, "when it is full, it %s",
			 channel->overwrite ? "discards what is new" :
					      "overwrites what is old");
	else if ((timeout != 0) != channel->blocking)
		snprintf(what, WHAT_SIZE, "when it is full, the program %s",
			 channel->blocking ? "does not wait" : "waits");
	else
		return true;
	return false;
}

int channels_check_made(const struct lttng_handle *handle,
			const struct channel *channel, struct trouble *why)
{
	struct lttng_channel *made = NULL;
	int count = lttng_list_channels((struct lttng_handle *)handle, &made);
	char what[WHAT_SIZE] = "it is missing";
	bool planned = false;

	if (count < 0)
		return cannot_look(count, channel->name, why);
	for (int i = 0; i < count; i++)
		if (strcmp(made[i].name, channel->name) == 0)
			planned = is_planned(&made[i], channel, what);
	free(made);
	if (!planned)
		return otherwise(channel->name, what, why);
	if (find_owner(handle->session_name) == LTTNG_BUFFER_PER_UID)
		return 0;
	return otherwise(channel->name, "its buffers are not per user", why);
}

static bool has_filter(struct lttng_event *event, const char *filter)
{
	const char *made = NULL;

	if (lttng_event_get_filter_expression(event, &made) < 0)
		return false;
	return made && filter ? strcmp(made, filter) == 0 : made == filter;
}

/* Whether it is as the rule says, or else why not, as text after its name. */
static const char *rule_trouble(struct lttng_event *events, int count,
				const struct channel_rule *rule)
{
	for (int i = 0; i < count; i++) {
		if (strcmp(events[i].name, rule->events) != 0)
			continue;
		if (!events[i].enabled)
			return "is disabled";
		if (events[i].exclusion ||
		    !has_filter(&events[i], rule->filter))
			return "has another filter";
		return NULL;
	}
	return "is missing";
}

int channels_check_rules(struct lttng_handle *handle,
			 const struct channel *channel, struct trouble *why)
{
	struct lttng_event *events = NULL;
	int count = lttng_list_events(handle, channel->name, &events);
	char what[WHAT_SIZE] = "";

	if (count < 0)
		return cannot_look(count, channel->name, why);
	for (size_t i = 0; i < channel->rule_count && !*what; i++) {
		const struct channel_rule *rule = &channel->rules[i];
		const char *is = rule_trouble(events, count, rule);

		if (is)
			snprintf(what, sizeof(what), "event %s %s",
				 rule->events, is);
	}
	free(events);
	return *what ? otherwise(channel->name, what, why) : 0;
}
