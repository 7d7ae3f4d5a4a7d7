/* SPDX-License-Identifier: MIT */
/*
 * The model behind `awaitctl ps` and `awaitctl top`: the awaits of a process
 * that the options select, sorted, or counted in groups, and the threads that
 * run or wait for any of its awaits. Knows no output format.
 */
#pragma once

#include "process/cycles.h"

enum { VIEW_STATES = 8 }; /* three bits of a state word */

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
	size_t skip;	     /* so many of the first are not printed */
};

struct view_row {
	struct slots_await seen;
	struct process_copy *copy;
	const struct names_site *site;
};

struct view_group {
	/* Of the first await in it; options->group says which of these all
	 * others share. */
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

	uint64_t *waits; /* of each thread that sleeps: its awaits' addresses;
			    sorted */
	size_t wait_count;
	bool cut; /* rows were dropped; rows[limit - 1] is the last of those
		   * that were kept */
	bool no_memory;
};

/* Reads the process. Returns 0 or -1; free it either way. */
int view_take(struct view *view, struct process *process,
	      const struct view_options *options, struct trouble *why);
void view_free(struct view *view);

const char *view_key_name(enum view_key key);
uint32_t view_state(const struct view_row *row);
/* How many threads sleep until that await ends. */
size_t view_waiters(const struct view *view, const struct slots_await *seen);
/* "?" if the site cannot be read. */
const char *view_function(const struct names_site *site);
const char *view_type(const struct names_site *site);
