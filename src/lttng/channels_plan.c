/* SPDX-License-Identifier: MIT */
/* See channels_plan.h. */
#include "lttng/channels_plan.h"

#include "lttng/provider_events.h"

#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define MIB (1024ul * 1024)

/* The size of a channel for which nobody chose one. */
struct size {
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
static const struct size events_size = { MIB / 4, 2 * MIB, 256 * MIB };
static const struct size maps_size = { MIB / 16, MIB / 16, MIB };

static const struct {
	unsigned bit;
	const char *event;
} stacks[] = {
	{ CHANNELS_STACKS_CREATE, "await:create_stack" },
	{ CHANNELS_STACKS_EXEC, "await:exec_stack" },
	{ CHANNELS_STACKS_HIT, "await:hit_stack" },
};

const struct channels_options channels_usual = {
	.stacks = CHANNELS_STACKS_CREATE
};

/* Except for the time, as LTTng would make it. */
const struct channel channels_metadata = {
	.name = "metadata",
	.subbuf_size = 4096,
	.subbufs = 2,
	.switch_us = 1000000,
};

const char *const channels_contexts[CHANNELS_CONTEXTS + 1] = {
	"vpid", "pid_ns", "vtid", "procname", "ip", NULL
};

struct channels_room channels_measure_room(void)
{
	struct channels_room room = {
		.bytes = UINT64_MAX,
		.processors = (uint64_t)sysconf(_SC_NPROCESSORS_CONF),
	};
	struct statvfs status;

	if (statvfs("/dev/shm", &status) == 0)
		room.bytes = (uint64_t)status.f_bavail * status.f_frsize;
	return room;
}

/* The largest power of two that keeps all processors within the total, and
 * within a quarter of what is free: there are two large channels, and others
 * use it too. */
static uint64_t subbuf_size(const struct size *size,
			    const struct channels_room *room)
{
	uint64_t bytes = size->most, total = size->total;

	if (total > room->bytes / 4)
		total = room->bytes / 4;
	while (bytes > size->least &&
	       bytes * SUBBUFS * room->processors > total)
		bytes /= 2;
	return bytes;
}

static void add_rule(struct channel *channel, const char *events,
		     const char *filter)
{
	channel->rules[channel->rule_count++] =
		(struct channel_rule){ .events = events, .filter = filter };
}

static bool is_among(const char *const *events, const char *event)
{
	while (*events && strcmp(*events, event) != 0)
		events++;
	return *events != NULL;
}

/* Events are enabled by name, never by a pattern with exceptions: session
 * daemons before LTTng 2.13.10 may not outlive that somebody looks at such a
 * session. */
static void plan_awaits(struct channel *channel,
			const struct channels_options *options)
{
	for (size_t i = 0; i < PROVIDER_EVENTS; i++) {
		const char *event = provider_events[i].name;
		bool filtered =
			options->filter && is_among(options->filtered, event);

		if (!provider_event_is_stack(event) &&
		    !provider_event_is_process(event))
			add_rule(channel, event,
				 filtered ? options->filter : NULL);
	}
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

/* Most maps are recorded when the program starts, and there are few; so it is
 * with whose process it is, which the report must know: they are never
 * overwritten, and LTTng's own thread in the program never waits. */
size_t channels_plan(struct channel plan[CHANNELS_MAX],
		     const struct channels_options *options,
		     const struct channels_room *room)
{
	struct channel *next = plan;
	const struct channel usual = {
		.subbufs = SUBBUFS,
		.subbuf_size = subbuf_size(&events_size, room),
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
	next->subbuf_size = subbuf_size(&maps_size, room);
	for (size_t i = 0; i < PROVIDER_EVENTS; i++)
		if (provider_event_is_process(provider_events[i].name))
			add_rule(next, provider_events[i].name, NULL);
	add_rule(next, "lttng_ust_statedump:*", NULL);
	add_rule(next++, "lttng_ust_lib:*", NULL);
	return (size_t)(next - plan);
}

int channels_check_room(const struct channel plan[], size_t count,
			const struct channels_room *room, struct trouble *why)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < count; i++)
		bytes += plan[i].subbuf_size * plan[i].subbufs *
			 room->processors;
	if (bytes <= room->bytes)
		return 0;
	return trouble(why,
		       "%llu KiB are free in /dev/shm, but the buffers take "
		       "%llu KiB: free some, or make it larger",
		       (unsigned long long)room->bytes / 1024,
		       (unsigned long long)bytes / 1024);
}
