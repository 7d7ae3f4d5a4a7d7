/* SPDX-License-Identifier: MIT */
/*
 * See channels.h. The buffers of all processors lie in /dev/shm, which is
 * small in containers, and a program that finds no room there runs untraced
 * without a word: so its size is looked at before.
 */
#include "lttng/channels.h"

#include "lttng/failed.h"

#include <fcntl.h>
#include <lttng/lttng.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define MIB (1024ul * 1024)

/* The room of a channel that nobody chose a size for. */
struct room {
	uint64_t least; /* bytes of one of the sub-buffers of one processor */
	uint64_t most;
	uint64_t total; /* bytes for all processors */
};

enum { SUBBUFS = 4 };

/*
 * A create, a run, a hit and a destroy take some 400 bytes with contexts: 8
 * MiB for a processor outlast the consumer's pauses at 500,000 events a
 * second. Machines with very many processors get less for each.
 */
static const struct room events_room = { MIB / 4, 2 * MIB, 256 * MIB };
static const struct room maps_room = { MIB / 16, MIB / 16, MIB };

static const struct {
	unsigned bit;
	const char *event;
} stacks[] = {
	{ STACKS_CREATE, "await:create_stack" },
	{ STACKS_EXEC, "await:exec_stack" },
	{ STACKS_HIT, "await:hit_stack" },
};

const struct channels_options channels_usual = { .stacks = STACKS_CREATE };

/* As LTTng makes it, but for the time. */
const struct channel channels_metadata = {
	.name = "metadata",
	.subbuf_size = 4096,
	.subbufs = 2,
	.switch_us = 1000000,
};

const char *const channels_contexts[] = { "vpid", "vtid", "procname", "ip",
					  NULL };

/* In that order. */
static const enum lttng_event_context_type contexts[] = {
	LTTNG_EVENT_CONTEXT_VPID,
	LTTNG_EVENT_CONTEXT_VTID,
	LTTNG_EVENT_CONTEXT_PROCNAME,
	LTTNG_EVENT_CONTEXT_IP,
};

static uint64_t processors(void)
{
	return (uint64_t)sysconf(_SC_NPROCESSORS_CONF);
}

/* Bytes that are free for buffers; as good as no limit if nobody knows. */
static uint64_t shm_free(void)
{
	struct statvfs status;

	if (statvfs("/dev/shm", &status) < 0)
		return UINT64_MAX;
	return (uint64_t)status.f_bavail * status.f_frsize;
}

/* The largest power of two that keeps all processors within the total, and
 * within a quarter of what is free: there are two large channels, and others
 * use it too. */
static uint64_t subbuf_size(const struct room *room, uint64_t free_bytes)
{
	uint64_t size = room->most, total = room->total;

	if (total > free_bytes / 4)
		total = free_bytes / 4;
	while (size > room->least && size * SUBBUFS * processors() > total)
		size /= 2;
	return size;
}

static struct rule *add_rule(struct channel *channel, const char *events,
			     const char *filter)
{
	struct rule *rule = &channel->rules[channel->rule_count++];

	*rule = (struct rule){ .events = events, .filter = filter };
	return rule;
}

static bool is_among(const char *const *events, const char *event)
{
	while (*events && strcmp(*events, event) != 0)
		events++;
	return *events != NULL;
}

static void add_named(struct channel *channel, const char *const *event,
		      const char *filter)
{
	for (; *event; event++)
		if (!strstr(*event, "_stack"))
			add_rule(channel, *event, filter);
}

/* By their names and not by a pattern with exceptions: the session daemon of
 * LTTng 2.13 crashes when it lists a rule that has more than one. */
static void plan_awaits(struct channel *channel,
			const struct channels_options *options)
{
	if (!options->filter) {
		add_rule(channel, "await:*", NULL)->except = "await:*_stack";
		return;
	}
	add_named(channel, options->filtered, options->filter);
	add_named(channel, options->unfiltered, NULL);
}

static void plan_stacks(struct channel *channel,
			const struct channels_options *options)
{
	for (size_t i = 0; i < sizeof(stacks) / sizeof(stacks[0]); i++) {
		const char *event = stacks[i].event, *filter = NULL;

		if (options->filter && is_among(options->filtered, event))
			filter = options->filter;
		if (options->stacks & stacks[i].bit)
			add_rule(channel, event, filter);
	}
}

/* The maps are those of the program's start first of all, and few: they are
 * never overwritten, and LTTng's own thread in the program never waits. */
size_t channels_plan(struct channel plan[CHANNELS_MAX],
		     const struct channels_options *options)
{
	uint64_t free_bytes = shm_free();
	struct channel *next = plan;
	const struct channel usual = {
		.subbufs = SUBBUFS,
		.subbuf_size = subbuf_size(&events_room, free_bytes),
		.overwrite = options->snapshot,
		.blocking = options->blocking,
	};

	*next = usual;
	next->name = "awaits";
	if (options->subbuf_size)
		next->subbuf_size = options->subbuf_size;
	if (options->subbufs)
		next->subbufs = options->subbufs;
	plan_awaits(next++, options);
	if (options->stacks) {
		*next = usual;
		next->name = "stacks";
		plan_stacks(next++, options);
	}
	*next = (struct channel){ .name = "maps", .subbufs = SUBBUFS };
	next->subbuf_size = subbuf_size(&maps_room, free_bytes);
	add_rule(next, "lttng_ust_statedump:*", NULL);
	add_rule(next++, "lttng_ust_lib:*", NULL);
	return (size_t)(next - plan);
}

/* Sizes that nobody chose are as small as they get by now. */
static int check_room(const struct channel plan[], size_t count,
		      struct trouble *why)
{
	uint64_t free_bytes = shm_free(), bytes = 0;

	for (size_t i = 0; i < count; i++)
		bytes += plan[i].subbuf_size * plan[i].subbufs * processors();
	if (bytes <= free_bytes)
		return 0;
	return trouble(why,
		       "%llu KiB are free in /dev/shm, but the buffers take "
		       "%llu KiB: free some, or make it larger",
		       (unsigned long long)free_bytes / 1024,
		       (unsigned long long)bytes / 1024);
}

/* What to do about it; sessions of others may be in any state. */
static const char *channel_advice(int rc)
{
	if (rc == -LTTNG_ERR_TRACE_ALREADY_STARTED)
		return "LTTng adds nothing to such a session: make another";
	if (rc == -LTTNG_ERR_BUFFER_TYPE_MISMATCH)
		return "make the session's other channels with --buffers-uid";
	return "is /dev/shm full?";
}

static int enable_channel(struct lttng_handle *handle,
			  struct lttng_domain *domain,
			  const struct channel *channel, struct trouble *why)
{
	struct lttng_channel *made = lttng_channel_create(domain);
	int rc;

	if (!made)
		return lttng_failed(why, -LTTNG_ERR_NOMEM,
				    "cannot make channel", channel->name,
				    "free some memory");
	snprintf(made->name, sizeof(made->name), "%s", channel->name);
	made->attr.overwrite = channel->overwrite;
	made->attr.subbuf_size = channel->subbuf_size;
	made->attr.num_subbuf = channel->subbufs;
	made->attr.switch_timer_interval = channel->switch_us;
	rc = lttng_channel_set_blocking_timeout(made,
						channel->blocking ? -1 : 0);
	if (rc == 0)
		rc = lttng_enable_channel(handle, made);
	lttng_channel_destroy(made);
	if (rc < 0)
		return lttng_failed(why, rc, "cannot make channel",
				    channel->name, channel_advice(rc));
	return 0;
}

static int enable(struct lttng_handle *handle, const char *channel,
		  const struct rule *rule)
{
	struct lttng_event *event = lttng_event_create();
	char *except = (char *)rule->except;
	int rc;

	if (!event)
		return -LTTNG_ERR_NOMEM;
	event->type = LTTNG_EVENT_TRACEPOINT;
	event->loglevel_type = LTTNG_EVENT_LOGLEVEL_ALL;
	snprintf(event->name, sizeof(event->name), "%s", rule->events);
	rc = lttng_enable_event_with_exclusions(
		handle, event, channel, rule->filter, except != NULL, &except);
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

/* LTTng's parser complains on stderr, in lines of its own. See request.h for
 * who cancels. */
static int enable_quietly(struct lttng_handle *handle, const char *channel,
			  const struct rule *rule)
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
			 const struct rule *rule, struct trouble *why)
{
	int rc = rule->filter ? enable_quietly(handle, channel, rule) :
				enable(handle, channel, rule);

	if (rc == -LTTNG_ERR_FILTER_INVAL)
		return lttng_failed(why, rc, "LTTng refuses the filter",
				    rule->filter, "see lttng-enable-event(1)");
	if (rc < 0)
		return lttng_failed(why, rc, "cannot record the events",
				    rule->events,
				    "is lttng-sessiond 2.13 or later?");
	return 0;
}

static int add_contexts(struct lttng_handle *handle, const char *channel,
			struct trouble *why)
{
	for (size_t i = 0; i < sizeof(contexts) / sizeof(contexts[0]); i++) {
		struct lttng_event_context context = { .ctx = contexts[i] };
		int rc = lttng_add_context(handle, &context, NULL, channel);

		if (rc < 0)
			return lttng_failed(
				why, rc, "cannot add contexts to channel",
				channel, "is lttng-sessiond 2.13 or later?");
	}
	return 0;
}

int channels_enable_metadata(struct lttng_handle *handle,
			     struct lttng_domain *domain, struct trouble *why)
{
	return enable_channel(handle, domain, &channels_metadata, why);
}

static int enable_planned(struct lttng_handle *handle,
			  struct lttng_domain *domain,
			  const struct channel *channel, struct trouble *why)
{
	if (enable_channel(handle, domain, channel, why))
		return -1;
	for (size_t i = 0; i < channel->rule_count; i++)
		if (enable_events(handle, channel->name, &channel->rules[i],
				  why))
			return -1;
	return add_contexts(handle, channel->name, why);
}

int channels_enable(struct lttng_handle *handle, struct lttng_domain *domain,
		    const struct channels_options *options, struct trouble *why)
{
	struct channel plan[CHANNELS_MAX];
	size_t count = channels_plan(plan, options);

	if (check_room(plan, count, why))
		return -1;
	for (size_t i = 0; i < count; i++)
		if (enable_planned(handle, domain, &plan[i], why))
			return -1;
	return 0;
}
