/* SPDX-License-Identifier: MIT */
/*
 * What a recording holds. Three channels, so that none takes another's room:
 * awaits (all but stacks), stacks (large, and what the others can do without),
 * and maps (which files are mapped where, without which no address has a
 * source line). A full buffer discards and counts, unless the options say that
 * the program waits, or that the oldest is overwritten.
 *
 * The options become a plan, and that is what is done: by channels_enable(),
 * or by who types what awaitctl prints.
 */
#pragma once

#include "lttng/trigger.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lttng_domain;
struct lttng_handle;

/* Which stacks; the values are bits. */
enum { STACKS_CREATE = 1, STACKS_EXEC = 2, STACKS_HIT = 4 };

struct channels_options {
	unsigned stacks;
	uint64_t subbuf_size; /* of awaits, in bytes; 0: what there is room for
			       */
	uint64_t subbufs;     /* of awaits; 0: the usual number */
	bool blocking;	      /* awaits and stacks wait for room */
	bool snapshot;	      /* rings, which session_snapshot() records */
	struct trigger trigger; /* so does this event, unless it is NULL */
	const char *filter;	/* or NULL; then the next two are all events */
	/* LTTng discards an event that lacks a field of its filter: so these
	 * have it and those don't. NULL after the last. */
	const char *const *filtered;
	const char *const *unfiltered;
};

/* Stacks of creations, and nothing else asked for. */
extern const struct channels_options channels_usual;

enum { CHANNELS_MAX = 3, RULES_MAX = 32 };

struct rule {
	const char *events; /* a name, or a pattern */
	const char *filter; /* or NULL */
	const char *except; /* or NULL */
};

struct channel {
	const char *name;
	uint64_t subbuf_size;
	uint64_t subbufs;
	unsigned switch_us; /* a sub-buffer is read that late; 0: when full */
	bool overwrite;
	bool blocking;
	struct rule rules[RULES_MAX];
	size_t rule_count;
};

/* Contexts that every channel with rules has, as `lttng add-context` calls
 * them; NULL after the last. */
extern const char *const channels_contexts[];

/*
 * LTTng's own, which becomes the trace's metadata: what the bytes of all others
 * mean. Left alone it is written when the session stops, for which there may be
 * no room or no daemon any more. So a session of ours has this one: what it
 * says is on the disk in a moment.
 */
extern const struct channel channels_metadata;

/* Returns 0 or -1. */
int channels_enable_metadata(struct lttng_handle *handle,
			     struct lttng_domain *domain, struct trouble *why);

/* Returns how many channels there are to be. Asks nobody but /dev/shm. */
size_t channels_plan(struct channel plan[CHANNELS_MAX],
		     const struct channels_options *options);

/* Returns 0 or -1. */
int channels_enable(struct lttng_handle *handle, struct lttng_domain *domain,
		    const struct channels_options *options,
		    struct trouble *why);
