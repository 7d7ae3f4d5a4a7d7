/* SPDX-License-Identifier: MIT */
/*
 * The lives of awaits, from the events of a trace in the order of time: what is
 * alive, what runs and who waits at any moment, and the figures of what was.
 * Knows neither where events come from nor how figures are shown.
 *
 * An await is identified by its process, on one of the hosts, and its id. It
 * may have been created before the recording began, or the event of its
 * creation may have been discarded: then its function comes from the state dump
 * or from its first run, or is unknown. A process that executes another program
 * keeps its number and counts ids from the beginning: a second creation with
 * the same id is of another await.
 *
 * When its last reference is dropped an await is added to the figures of its
 * site, and forgotten. So this takes memory for what is alive, and for the
 * functions, sites, threads and processes that there were, however long the
 * trace is.
 *
 * Functions that return int return 0, or -1 without memory. Then out_of_memory
 * is set, too, and nothing more is taken. Not thread-safe.
 */
#pragma once

#include "common/table.h"
#include "common/trouble.h"
#include "lives/change.h"
#include "lives/choice.h"
#include "lives/event.h"
#include "lives/figures.h"
#include "lives/rates.h"

struct lives_process {
	size_t index;	/* in lives.processes */
	int64_t number; /* as in struct trace_event */
	int64_t vpid;
	const char *host;
	uint32_t seen;	 /* kinds of events, for events_known() */
	uint64_t events; /* of awaits */
	int64_t first_event, last_event; /* likewise: when */
	bool cut_off;			 /* from LTTng, for some time */
	bool has_ended;	   /* in order, or another one has its place */
	int64_t ended;	   /* then: when */
	uint64_t executed; /* on the process's clock; 0: it has not said */
	const char *session;
	/* What it says of itself; NULL: it has not said. recordings: the tags
	 * of those that it is of (trace/process.h). */
	const char *recordings, *name;
	int64_t ppid;
	struct lives_process *before; /* had the number; or NULL */
	bool is_dumped;		      /* a dump of its state is under way */
	int64_t dumped_at;	      /* where the last one began */
	struct lives_thread *latest;  /* of the last event */
	struct figures figures;	      /* by sums_make() */
	struct rates rates;
	/* For the user: whether it is asked for. Begins as 0. */
	int belonging;
	/* Its slowest first runs, a heap (slowest.h). */
	struct lives_slow *slow;
	size_t slow_count;
};

/* Of one process; of all, in what sums_make() makes. */
struct lives_function {
	struct lives_process *process; /* or NULL */
	const char *name, *type;
	struct figures figures;
};

/* Where awaits of a function are created. */
struct lives_site {
	struct lives_function *function;
	const char *file; /* NULL: not recorded */
	uint32_t line;
	bool left_out; /* its awaits do not count (choice.h) */
	struct figures figures;
};

/* What it did itself: its runs, its waits. */
struct lives_thread {
	const struct lives_process *process;
	int64_t tid; /* 0: of events whose threads are not known */
	struct figures figures;
	/* For which it sleeps (asleep.h): several in await_wait_any(). */
	struct lives_wait *waits;
	size_t count;
	/* The wait that ended last: of which await, and when. */
	uint64_t ended;
	int64_t ended_at;
	/* Whether it has had events of its own, and when. */
	bool seen;
	int64_t first_at, last_at;
	struct critical_thread *critical; /* critical.h */
};

/* Of an await's first run. UNSEEN: it, or its beginning or its end, was not
 * recorded. */
enum lives_outcome {
	OUTCOME_UNSEEN,
	OUTCOME_RUNNING,
	OUTCOME_CUT_SHORT, /* by the end of its process */
	OUTCOME_RESOLVED,
	OUTCOME_FAILED
};

/* The first run of an await: what the first wait took. */
struct lives_first {
	enum lives_outcome outcome;
	bool counts; /* by its last event */
	int32_t error;
	int64_t began;
	uint64_t addr;	  /* of the wait */
	uint64_t took_ns; /* while it runs: up to the end of its process, or of
			   * the recording */
};

/* The run that is under way, if one is. */
struct lives_run {
	bool by_start;	   /* no wait runs it */
	bool within_known; /* in the run of which await; 0: of none */
	uint64_t within;
	int64_t thread; /* 0: not known */
	int64_t began;
	uint64_t addr;	  /* of the wait that runs it */
	bool before;	  /* it was under way at a state dump, at began */
	uint32_t attempt; /* which one; 0: not known */
};

/* One that is alive, as far as the trace tells. */
struct lives_await {
	struct lives_process *process;
	uint64_t id;
	struct lives_site *site; /* NULL: nobody has named its function */
	char *name;		 /* its own; NULL: none was seen */
	bool created;
	int64_t created_at;
	bool dumped; /* if not created, it may have been waited for before */
	bool waited; /* a start is no wait */
	/* It runs as its parent's run does: the process was forked in that. */
	bool inherited;
	bool running;
	bool gone;   /* see alive.h */
	bool failed; /* by its last run, or as a promise */
	bool promise;
	uint64_t cycles;
	uint32_t runs;
	uint64_t waits, hits;
	uint64_t ends[WAIT_ENDS];
	/* By the last run that ended, or whoever settled or cancelled it. */
	bool settled;
	const struct lives_thread *settled_by;
	int64_t settled_at;
	uint32_t sleepers;		    /* waits that sleep for it */
	struct critical_path *settled_path; /* critical.h */
	struct lives_run run;
	struct lives_first first;
	struct lives_stacks *stacks; /* stacks.h; NULL: none is known */
	struct lives_await *next;    /* of those that are gone */
};

/* One of the slowest first runs. */
struct lives_slow {
	struct lives_first first;
	const struct lives_process *process;
	uint64_t id;
	char *name; /* or NULL */
	const struct lives_site *site;
	struct lives_stacks *stacks; /* or NULL */
};

/* Of which its parent's trace tells. */
struct lives_child {
	const struct lives_process *parent;
	int64_t vpid;
	bool followed; /* LTTng was to know it */
};

struct lives {
	/* Set before the first event: so many of a process's slowest first
	 * runs are kept. And what the recording hid, so that its absence tells
	 * nothing: waits, the ends of runs. */
	size_t slowest;
	bool waits_unknown, ends_unknown;
	struct lives_choice choice;
	/* Is told what happens (change.h), and returns 0, or -1: then nothing
	 * more is taken, as without memory. NULL: nobody is. */
	int (*told)(void *data, const struct lives_change *change);
	void *told_data;

	bool out_of_memory;
	/* Of the first event of an await; rates are from then on. */
	bool has_origin;
	int64_t origin;
	struct figures scrap; /* what does not count */
	bool foreign;	      /* there are events that it cannot count */
	struct trouble why_foreign;
	uint64_t discarded;
	uint64_t uncounted; /* losses of unknown size */
	struct lives_process **processes;
	size_t process_count;
	struct lives_process *latest; /* of the last event */
	struct lives_child *children;
	size_t child_count;
	/* Up to when each host was recorded; indexes are their numbers. */
	int64_t *ends;
	size_t end_count;
	struct lives_site **sites;
	size_t site_count;
	struct lives_function **functions;
	size_t function_count;
	struct lives_thread **threads;
	size_t thread_count;
	size_t wait_count; /* of waits that sleep */
	struct lives_edge **edges;
	size_t edge_count;
	struct table strings, by_number, by_function, by_site, by_id, by_thread,
		by_stack, by_edge;
	struct lives_await *gone;
	size_t gone_count;
};

/* What follows an event that is of another version than ours is not counted:
 * then foreign is set. */
int lives_event(struct lives *lives, const struct trace_event *event);
/* count events were lost; 0 if nobody knows how many. */
void lives_discarded(struct lives *lives, uint64_t count);
/* What a host did up to then was recorded. */
int lives_recorded(struct lives *lives, int64_t host, int64_t time);

/* After the last event: adds what is alive to the figures, too. It stays to be
 * looked at. */
int lives_finish(struct lives *lives);

/* Up to when a process was recorded: to its end, or its host's. */
int64_t lives_end_of(const struct lives *lives,
		     const struct lives_process *process);

void lives_free(struct lives *lives);
