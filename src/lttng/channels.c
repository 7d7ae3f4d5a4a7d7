/* SPDX-License-Identifier: MIT */
/* See channels.h. */
#define _GNU_SOURCE /* RTLD_DEFAULT */
#include "lttng/channels.h"

#include "lttng/channels_check.h"
#include "lttng/failed.h"
#include "lttng/trace_format.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <lttng/lttng.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* In the order of channels_contexts. */
static const enum lttng_event_context_type contexts[CHANNELS_CONTEXTS] = {
	LTTNG_EVENT_CONTEXT_VPID, LTTNG_EVENT_CONTEXT_PID_NS,
	LTTNG_EVENT_CONTEXT_VTID, LTTNG_EVENT_CONTEXT_PROCNAME,
	LTTNG_EVENT_CONTEXT_IP,
};

/* A session of others may be in any state. */
static const char *channel_advice(int rc)
{
	if (rc == -LTTNG_ERR_TRACE_ALREADY_STARTED)
		return "LTTng adds nothing to such a session: make another";
	if (rc == -LTTNG_ERR_BUFFER_TYPE_MISMATCH)
		return "make the session's other channels with --buffers-uid";
	if (trace_format_is_refused(rc))
		return "is the relay daemon older than 2.15? Leave out "
		       "--format=" TRACE_FORMAT_CTF_2;
	/* Before the session daemon has noticed. */
	if (rc == -LTTNG_ERR_FATAL)
		return "perhaps its consumer daemon has died: end "
		       "lttng-sessiond, and with it all its sessions, and "
		       "begin again";
	return "is /dev/shm full?";
}

/* Sets *rc to what LTTng answers. */
static int enable_channel(struct lttng_handle *handle,
			  struct lttng_domain *domain,
			  const struct channel *channel, int *rc,
			  struct trouble *why)
{
	struct lttng_channel *made = lttng_channel_create(domain);

	*rc = -LTTNG_ERR_NOMEM;
	if (!made)
		return lttng_failed(why, *rc, "cannot make channel",
				    channel->name, "free some memory");
	snprintf(made->name, sizeof(made->name), "%s", channel->name);
	/* LTTng 2.16 makes it disabled otherwise. */
	made->enabled = 1;
	made->attr.overwrite = channel->overwrite;
	made->attr.subbuf_size = channel->subbuf_size;
	made->attr.num_subbuf = channel->subbufs;
	made->attr.switch_timer_interval = channel->switch_us;
	*rc = lttng_channel_set_blocking_timeout(made,
						 channel->blocking ? -1 : 0);
	if (*rc == 0)
		*rc = lttng_enable_channel(handle, made);
	lttng_channel_destroy(made);
	if (*rc < 0)
		return lttng_failed(why, *rc, "cannot make channel",
				    channel->name, channel_advice(*rc));
	return 0;
}

static int enable(struct lttng_handle *handle, const char *channel,
		  const struct channel_rule *rule)
{
	struct lttng_event *event = lttng_event_create();
	int rc;

	if (!event)
		return -LTTNG_ERR_NOMEM;
	event->type = LTTNG_EVENT_TRACEPOINT;
	event->loglevel_type = LTTNG_EVENT_LOGLEVEL_ALL;
	snprintf(event->name, sizeof(event->name), "%s", rule->events);
	rc = lttng_enable_event_with_filter(handle, event, channel,
					    rule->filter);
	lttng_event_destroy(event);
	return rc;
}

static void restore_stderr(void *saved)
{
	if (*(int *)saved < 0)
		return;
	dup2(*(int *)saved, STDERR_FILENO);
	close(*(int *)saved);
}

/* LTTng's parser writes its errors to stderr. The request may be cancelled in
 * the middle (request.h). */
static int enable_quietly(struct lttng_handle *handle, const char *channel,
			  const struct channel_rule *rule)
{
	int saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
	int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
	int rc;

	pthread_cleanup_push(restore_stderr, &saved);
	if (saved >= 0 && nowhere >= 0)
		dup2(nowhere, STDERR_FILENO);
	close(nowhere);
	rc = enable(handle, channel, rule);
	pthread_cleanup_pop(1);
	return rc;
}

static int enable_events(struct lttng_handle *handle, const char *channel,
			 const struct channel_rule *rule, struct trouble *why)
{
	int rc = rule->filter ? enable_quietly(handle, channel, rule) :
				enable(handle, channel, rule);

	/* The latter from LTTng 2.14 on, for what its parser does not like. */
	if (rule->filter &&
	    (rc == -LTTNG_ERR_FILTER_INVAL || rc == -LTTNG_ERR_INVALID))
		return lttng_failed(why, -LTTNG_ERR_FILTER_INVAL,
				    "LTTng refuses the filter", rule->filter,
				    "see lttng-enable-event(1)");
	if (rc < 0)
		return lttng_failed(why, rc, "cannot record the events",
				    rule->events,
				    "is lttng-sessiond 2.13 or later?");
	return 0;
}

static int add_contexts(struct lttng_handle *handle, const char *channel,
			struct trouble *why)
{
	for (size_t i = 0; i < CHANNELS_CONTEXTS; i++) {
		struct lttng_event_context context = { .ctx = contexts[i] };
		int rc = lttng_add_context(handle, &context, NULL, channel);

		if (rc < 0)
			return lttng_failed(
				why, rc, "cannot add contexts to channel",
				channel, "is lttng-sessiond 2.13 or later?");
	}
	return 0;
}

/* By a function that is new in 2.14: nothing says which version the daemon has,
 * which is installed with the library. */
bool channels_may_have_metadata(void)
{
	return !dlsym(RTLD_DEFAULT, "lttng_channel_set_allocation_policy");
}

int channels_enable_metadata(struct lttng_handle *handle,
			     struct lttng_domain *domain, struct trouble *why)
{
	int rc;

	if (!channels_may_have_metadata() ||
	    enable_channel(handle, domain, &channels_metadata, &rc, why) == 0)
		return 0;
	if (rc != -LTTNG_ERR_INVALID_CHANNEL_NAME)
		return -1;
	*why->text = '\0';
	return 0;
}

static int enable_planned(struct lttng_handle *handle,
			  struct lttng_domain *domain,
			  const struct channel *channel, struct trouble *why)
{
	int rc;

	if (enable_channel(handle, domain, channel, &rc, why) ||
	    channels_check_made(handle, channel, why))
		return -1;
	for (size_t i = 0; i < channel->rule_count; i++)
		if (enable_events(handle, channel->name, &channel->rules[i],
				  why))
			return -1;
	if (channels_check_rules(handle, channel, why))
		return -1;
	return add_contexts(handle, channel->name, why);
}

int channels_enable(struct lttng_handle *handle, struct lttng_domain *domain,
		    const struct channels_options *options, struct trouble *why)
{
	struct channel plan[CHANNELS_MAX];
	struct channels_room room = channels_measure_room();
	size_t count = channels_plan(plan, options, &room);

	if (channels_check_room(plan, count, &room, why))
		return -1;
	for (size_t i = 0; i < count; i++)
		if (enable_planned(handle, domain, &plan[i], why))
			return -1;
	return 0;
}
