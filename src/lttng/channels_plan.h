/* SPDX-License-Identifier: MIT */
/*
 * What a recording holds. Three channels, so that none takes another's room:
 * awaits (all but stacks), stacks (large, and what the others can do without),
 * and maps (which files are mapped where, without which no address has a
 * source line; and which recording a process belongs to). A full buffer
 * discards and counts, unless the options say that the program waits, or that
 * the oldest is overwritten.
 *
 * The options become a plan, which channels.c carries out, or awaitctl prints.
 *
 * The buffers of all processors lie in /dev/shm, which is small in containers,
 * and a program that finds no room there runs untraced without a word: so its
 * room is measured before.
 */
#pragma once

#include "common/trouble.h"
#include "lttng/trigger.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Which stacks; the values are bits. */
enum {
	CHANNELS_STACKS_CREATE = 1,
	CHANNELS_STACKS_EXEC = 2,
	CHANNELS_STACKS_HIT = 4,
};

struct channels_options {
	unsigned stacks;
	uint64_t subbuf_size; /* of awaits, in bytes; 0: what there is room for
			       */
	uint64_t subbufs;     /* of awaits; 0: the usual number */
	bool blocking;	      /* awaits and stacks wait for room */
	bool snapshot;	      /* rings, which session_snapshot() records */
	struct trigger trigger; /* so does this event, unless it is NULL */
	const char *filter;	/* or NULL */
	/* The events that have it, NULL after the last: LTTng discards those
	 * that lack a field of their filter. */
	const char *const *filtered;
};

/* Stacks of creations, and nothing else chosen. */
extern const struct channels_options channels_usual;

enum { CHANNELS_MAX = 3, CHANNEL_RULES_MAX = 32 };

struct channel_rule {
	const char *events; /* a name, or a pattern */
	const char *filter; /* or NULL */
};

struct channel {
	const char *name;
	uint64_t subbuf_size;
	uint64_t subbufs;
	unsigned switch_us; /* a sub-buffer is read that late; 0: when full */
	bool overwrite;
	bool blocking;
	struct channel_rule rules[CHANNEL_RULES_MAX];
	size_t rule_count;
};

/* Contexts that every channel with rules has, as `lttng add-context` calls
 * them; NULL after the last. */
enum { CHANNELS_CONTEXTS = 5 };
extern const char *const channels_contexts[CHANNELS_CONTEXTS + 1];

/*
 * LTTng's own, which becomes the trace's metadata: what the bytes of all others
 * mean. By default it is written when the session stops, for which there may be
 * no room or no daemon any more. So a session of ours has this one, whose data
 * is on the disk in a moment; but not from LTTng 2.14 on, where its timer is
 * nobody's choice.
 */
extern const struct channel channels_metadata;

/* What there is for buffers. */
struct channels_room {
	uint64_t bytes; /* UINT64_MAX if that is not known */
	uint64_t processors;
};

/* Of this machine, now. */
struct channels_room channels_measure_room(void);

/* Returns how many channels the plan has. */
size_t channels_plan(struct channel plan[CHANNELS_MAX],
		     const struct channels_options *options,
		     const struct channels_room *room);

/* Returns 0, or -1 if the buffers of the plan take more than there is: sizes
 * that nobody chose are then as small as they get. */
int channels_check_room(const struct channel plan[], size_t count,
			const struct channels_room *room, struct trouble *why);
