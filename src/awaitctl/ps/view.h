/* SPDX-License-Identifier: MIT */
/*
 * What `awaitctl ps` and `awaitctl top` show: the awaits of a process that are
 * asked for, in the order that is asked for, or counted by what they have in
 * common, and the threads that run them or wait. Knows no output format.
 */
#pragma once

#include "process/cycles.h"

enum { VIEW_STATES = 8 }; /* as many as a state word can tell */

enum view_key {
	VIEW_BY_NONE,
	VIEW_BY_ID,
	VIEW_BY_STATE, /* running, failed, pending, resolved, cancelled */
	VIEW_BY_FUNCTION,
	VIEW_BY_TYPE,
	VIEW_BY_SITE,
	VIEW_BY_WAITERS,  /* most first */
	VIEW_BY_ATTEMPTS, /* most first */
};

struct view_options {
	uint32_t states;      /* a bit each; 0: all */
	const char *function; /* a pattern as the shell's; NULL: all */
	const char *type;     /* its name or spelling; NULL: all */
	enum view_key sort;
	bool reverse;
	enum view_key group; /* state, function, type, site; or none */
	size_t limit;	     /* rows; 0: all */
	size_t skip;	     /* of these, so many are not printed */
};

struct view_row {
	struct slots_await seen;
	struct process_copy *copy;
	const struct names_site *site;
};

struct view_group {
	/* What they have in common: of a state, only that. */
	uint32_t state;
	const struct process_copy *copy;
	const struct names_site *site;
	uint64_t states[VIEW_STATES], total;
};

struct view {
	const struct view_options *options;
	struct process *process;
	uint64_t states[VIEW_STATES], total; /* of all awaits */
	uint64_t matching;
	struct view_row *rows; /* no more than the limit */
	size_t count;
	struct view_group *groups; /* the largest first */
	size_t group_count;
	struct threads threads;
	struct cycles cycles;

	uint64_t *waits; /* addresses of awaits, sorted, one for each thread */
	size_t wait_count;
	bool cut; /* rows beyond the limit were dropped: the worst kept is
		   * rows[limit - 1] */
	bool no_memory;
};

/* Looks at the process. Returns 0 or -1; to be freed even then. */
int view_take(struct view *view, struct process *process,
	      const struct view_options *options, struct trouble *why);
void view_free(struct view *view);

const char *view_key_name(enum view_key key);
uint32_t view_state(const struct view_row *row);
/* How many threads sleep until it is done. */
size_t view_waiters(const struct view *view, const struct slots_await *seen);
/* "?" if its site is not known any more. */
const char *view_function(const struct names_site *site);
const char *view_type(const struct names_site *site);
