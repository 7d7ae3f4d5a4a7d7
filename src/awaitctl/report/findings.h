/* SPDX-License-Identifier: MIT */
/*
 * Figures about the awaits of a recording (belonging.h). Takes events in the
 * order of time; knows neither where they come from nor how the figures are
 * shown.
 *
 * An await is identified by its process, on one of the hosts, and its id. It
 * may have been created before the recording began, or the event of its
 * creation may have been discarded: then created is 0, and its function comes
 * from the state dump or from its first run, or is unknown. A process that
 * executes another program keeps its number and counts ids from the beginning:
 * a second creation with the same id is of another await.
 */
#pragma once

#include "common/table.h"
#include "common/trouble.h"
#include "lives/event.h"

/* How a wait ended that got no value from what others did. */
enum model_end {
	END_TIMED_OUT, /* its deadline passed */
	END_REFUSED,   /* as in a cycle */
	END_FAILED,    /* by a run that it slept through, or for good */
	END_CANCELLED,
	MODEL_ENDS
};

/* Until the end each process has its own. */
struct model_function {
	const struct model_process *process;
	char *name;
	char *type;
	uint64_t created;
	uint64_t runs; /* begun; a retry is another */
	uint64_t failed;
	uint64_t running;   /* when the trace ended */
	uint64_t cut_short; /* by the end of their process */
	uint64_t hits;
	uint64_t never_waited; /* created, but no wait was seen */
	/* Of the waits that neither hit nor ran it, those without a value. */
	uint64_t ends[MODEL_ENDS];
	uint64_t total_ns; /* of the runs that ended */
	uint64_t max_ns;
};

/* Of an await's first run. UNSEEN: it, or its beginning, was not recorded. */
enum model_outcome {
	OUTCOME_UNSEEN,
	OUTCOME_RUNNING,
	OUTCOME_CUT_SHORT, /* by the end of its process */
	OUTCOME_RESOLVED,
	OUTCOME_FAILED
};

enum belonging {
	BELONGS_UNDECIDED,
	BELONGS,
	BELONGS_PERHAPS, /* it does not say */
	BELONGS_NOT,
};

struct model_process {
	int64_t number; /* as in struct trace_event */
	int64_t vpid;
	const char *host;
	uint32_t seen;	   /* kinds of events, for events_known() */
	uint64_t events;   /* of awaits */
	bool cut_off;	   /* from LTTng, for some time */
	uint64_t running;  /* runs, when the trace ended */
	bool has_ended;	   /* in order, or another one has its place */
	int64_t ended;	   /* then: when */
	uint64_t executed; /* on the process's clock; 0: it has not said */
	/* See belonging.h: */
	const char *session;
	const char *recordings; /* NULL: it has not said */
	const char *name;	/* likewise */
	int64_t ppid;
	struct model_process *before; /* had the number; or NULL */
	int64_t dumped_at;	      /* where its last state dump began */
	enum belonging belonging;
};

/* The run that is under way, if one is. */
struct model_run {
	int64_t thread; /* 0: not known */
	int64_t began;
	uint64_t addr;	  /* of the wait that runs it */
	bool before;	  /* it was under way at a state dump, at began */
	uint32_t attempt; /* then: which one; 0: not known */
};

/* Of which its parent's trace tells. */
struct model_child {
	const struct model_process *parent;
	int64_t vpid;
	bool followed; /* LTTng was to know it */
};

struct model_await {
	struct model_process *process;
	uint64_t id;
	struct model_function *function;
	const char *name; /* its own; NULL: none was seen */
	const char *file; /* of its creation; NULL: not seen */
	uint32_t line;
	uint8_t created;
	bool dumped; /* if not created, it may have been waited for before */
	bool waited; /* otherwise than by a hit; a start is no wait */
	/* It runs as its parent's run does: the process was forked in that. */
	bool inherited;
	uint32_t runs;
	uint32_t running;
	struct model_run run;
	uint64_t hits;
	uint64_t ends[MODEL_ENDS];
	/* The first run: what the first wait took. */
	enum model_outcome outcome;
	int64_t began;
	uint64_t addr;	  /* of the wait */
	uint64_t took_ns; /* while it runs: up to the end of its process, or of
			   * the recording */
	int32_t error;
};

struct model {
	struct model_function **functions;
	size_t function_count;
	struct model_await **awaits;
	size_t await_count;
	uint64_t events; /* of awaits, of the recording */
	uint64_t others; /* likewise, of other processes */
	uint64_t discarded;
	uint64_t uncounted;		 /* losses of unknown size */
	bool damaged;			 /* the trace breaks off */
	const char *incomplete;		 /* what else it lacks, or NULL */
	const struct filtered *filtered; /* or NULL: by nothing we know of */
	/* By that filter, of every function: never_waited; running and failed.
	 */
	bool waits_unknown, ends_unknown;
	struct model_process **processes;
	size_t process_count;
	struct model_process *latest; /* of the last event */
	size_t counted; /* processes that belong to the recording */
	size_t perhaps; /* of them, those that do not say so */
	size_t cut_off; /* of them, those that were for some time */
	struct model_child *children; /* after model_finish(): not recorded */
	size_t child_count;
	bool several_hosts; /* they are of */
	bool all;	    /* processes of all recordings are asked for */
	/* Up to when each host was recorded; indexes are their numbers. */
	int64_t *ends;
	size_t end_count;
	bool foreign; /* there are events that it cannot count */
	struct trouble why_foreign;

	/* See model_unfinished.h: */
	struct model_thread **threads;
	size_t thread_count;
	size_t wait_count; /* of waits that have not ended */

	struct table by_name, by_id, strings, by_number, by_thread;
};

/* model_tables.c: the figures of a function in a process, or in all if that is
 * NULL; a copy of a string that lasts; the await of an event, another one if it
 * is created. model_process.c: a process in another's place; the process that
 * has a number, or NULL; that of an event. */
struct model_function *model_function_of(struct model *model,
					 const struct model_process *process,
					 const char *name, const char *type);
const char *model_keep(struct model *model, const char *string);
struct model_await *model_await_of(struct model *model,
				   const struct trace_event *event,
				   bool create);
struct model_process *model_replace_process(struct model *model,
					    struct model_process *before,
					    int64_t time);
struct model_process *model_process_numbered(const struct model *model,
					     int64_t number);
struct model_process *model_process_of(struct model *model,
				       const struct trace_event *event);
/* Whether the event tells of the process, not of its awaits: then notes it. */
bool model_process_event(struct model *model, const struct trace_event *event);
/* The await of the process that has the id, or NULL. */
struct model_await *model_await_known(const struct model *model,
				      struct model_process *process,
				      uint64_t id);

/* What follows an event that is of another version than ours is not counted:
 * then foreign is set. */
void model_event(struct model *model, const struct trace_event *event);
void model_discarded(struct model *model, uint64_t count);
/* What a host did up to then was recorded. */
void model_recorded(struct model *model, int64_t host, int64_t time);

/* Call it after the last event: some figures are known only then. From then on
 * functions and awaits are those of the recording alone; events, too. */
void model_finish(struct model *model);

/* Up to when a process was recorded: to its end, or its host's. */
int64_t model_end_of(const struct model *model,
		     const struct model_process *process);
