/* SPDX-License-Identifier: MIT */
/*
 * See channels.h. The buffers of all processors lie in /dev/shm, which is
 * small in containers, and a program that finds no room there runs untraced
 * without a word: so its size is looked at before.
 */
#include "channels.h"

#include "caller.h"

#include <lttng/lttng.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define MIB (1024ul * 1024)

struct channel {
	const char *name;
	uint64_t least; /* bytes of one of the sub-buffers of one processor */
	uint64_t most;
	uint64_t total; /* bytes for all processors */
	const char *events[2];
	char except[32];
};

enum { SUBBUFS = 4 };

/*
 * A create, a run, a hit and a destroy take some 400 bytes with contexts: 8
 * MiB for a processor outlast the consumer's pauses at 500,000 events a
 * second. Machines with very many processors get less for each.
 */
static const struct channel channels[] = {
	{ .name = "awaits",
	  .least = MIB / 4,
	  .most = 2 * MIB,
	  .total = 256 * MIB,
	  .events = { "await:*" },
	  .except = "await:*_stack" },
	{ .name = "stacks",
	  .least = MIB / 4,
	  .most = 2 * MIB,
	  .total = 256 * MIB,
	  .events = { "await:create_stack" } },
	{ .name = "maps",
	  .least = MIB / 16,
	  .most = MIB / 16,
	  .total = MIB,
	  .events = { "lttng_ust_statedump:*", "lttng_ust_lib:*" } },
};

static const enum lttng_event_context_type contexts[] = {
	LTTNG_EVENT_CONTEXT_VPID,
	LTTNG_EVENT_CONTEXT_VTID,
	LTTNG_EVENT_CONTEXT_PROCNAME,
	LTTNG_EVENT_CONTEXT_IP,
};

int lttng_failed(int rc, const char *what, const char *name, const char *advice)
{
	say("%s %s: %s; %s", what, name, lttng_strerror(rc), advice);
	return EXIT_FAILED;
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
static uint64_t subbuf_size(const struct channel *channel, uint64_t free_bytes)
{
	uint64_t processors = (uint64_t)sysconf(_SC_NPROCESSORS_CONF);
	uint64_t size = channel->most, total = channel->total;

	if (total > free_bytes / 4)
		total = free_bytes / 4;
	while (size > channel->least && size * SUBBUFS * processors > total)
		size /= 2;
	return size;
}

/* What all channels take at least. */
static int check_room(uint64_t free_bytes)
{
	uint64_t processors = (uint64_t)sysconf(_SC_NPROCESSORS_CONF);
	uint64_t least = 0;

	for (size_t i = 0; i < sizeof(channels) / sizeof(channels[0]); i++)
		least += channels[i].least * SUBBUFS * processors;
	if (least <= free_bytes)
		return 0;
	say("%llu KiB are free in /dev/shm, but the buffers take %llu KiB: "
	    "free some, or make it larger",
	    (unsigned long long)free_bytes / 1024,
	    (unsigned long long)least / 1024);
	return EXIT_FAILED;
}

static int enable_channel(struct lttng_handle *handle,
			  struct lttng_domain *domain,
			  const struct channel *channel, uint64_t free_bytes)
{
	struct lttng_channel *made = lttng_channel_create(domain);
	int rc;

	if (!made)
		return lttng_failed(-LTTNG_ERR_NOMEM, "cannot make channel",
				    channel->name, "free some memory");
	snprintf(made->name, sizeof(made->name), "%s", channel->name);
	made->attr.overwrite = 0;
	made->attr.subbuf_size = subbuf_size(channel, free_bytes);
	made->attr.num_subbuf = SUBBUFS;
	rc = lttng_enable_channel(handle, made);
	lttng_channel_destroy(made);
	if (rc < 0)
		return lttng_failed(rc, "cannot make channel", channel->name,
				    "is /dev/shm full?");
	return 0;
}

static int enable_event(struct lttng_handle *handle,
			const struct channel *channel, const char *name)
{
	struct lttng_event *event = lttng_event_create();
	char except[sizeof(channel->except)];
	char *exceptions[] = { except };
	int rc = -LTTNG_ERR_NOMEM;

	if (event) {
		event->type = LTTNG_EVENT_TRACEPOINT;
		event->loglevel_type = LTTNG_EVENT_LOGLEVEL_ALL;
		snprintf(event->name, sizeof(event->name), "%s", name);
		snprintf(except, sizeof(except), "%s", channel->except);
		rc = lttng_enable_event_with_exclusions(
			handle, event, channel->name, NULL, *except != '\0',
			exceptions);
		lttng_event_destroy(event);
	}
	if (rc < 0)
		return lttng_failed(rc, "cannot record the events", name,
				    "is lttng-sessiond 2.13 or later?");
	return 0;
}

static int add_contexts(struct lttng_handle *handle,
			const struct channel *channel)
{
	for (size_t i = 0; i < sizeof(contexts) / sizeof(contexts[0]); i++) {
		struct lttng_event_context context = { .ctx = contexts[i] };
		int rc = lttng_add_context(handle, &context, NULL,
					   channel->name);

		if (rc < 0)
			return lttng_failed(rc,
					    "cannot add contexts to channel",
					    channel->name,
					    "is lttng-sessiond 2.13 or later?");
	}
	return 0;
}

int channels_enable(struct lttng_handle *handle, struct lttng_domain *domain)
{
	uint64_t free_bytes = shm_free();

	if (check_room(free_bytes))
		return EXIT_FAILED;
	for (size_t i = 0; i < sizeof(channels) / sizeof(channels[0]); i++) {
		const struct channel *channel = &channels[i];

		if (enable_channel(handle, domain, channel, free_bytes))
			return EXIT_FAILED;
		for (size_t j = 0; j < 2 && channel->events[j]; j++)
			if (enable_event(handle, channel, channel->events[j]))
				return EXIT_FAILED;
		if (add_contexts(handle, channel))
			return EXIT_FAILED;
	}
	return 0;
}
