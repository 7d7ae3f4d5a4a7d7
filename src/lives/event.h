/* SPDX-License-Identifier: MIT */
/*
 * An event of a trace, with the fields that the provider `await` gives its
 * events (trace/provider.h). A trace may come from anywhere: a field that is
 * absent or of another type reads as nothing, never as something else, and
 * `has` tells the one from the other.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum event_kind {
	EVENT_OTHER,   /* of another provider */
	EVENT_UNKNOWN, /* of a libawait to come */
	EVENT_CREATE,
	EVENT_EXEC_BEGIN,
	EVENT_EXEC_END,
	EVENT_HIT,
	EVENT_BLOCK_BEGIN,
	EVENT_BLOCK_END,
	EVENT_CYCLE,
	EVENT_WAIT_END,
	EVENT_RESOLVE,
	EVENT_CANCEL,
	EVENT_NAME,
	EVENT_START,
	EVENT_DESTROY,
	EVENT_CREATE_STACK,
	EVENT_EXEC_STACK,
	EVENT_HIT_STACK,
	EVENT_DUMP_BEGIN,
	EVENT_DUMP_LIVE,
	EVENT_DUMP_WAIT,
	EVENT_DUMP_END,
	EVENT_DUMP_PROCESS,
	EVENT_DUMP_INHERITED,
	EVENT_PROCESS_END,
	EVENT_PROCESS_CHILD,
	EVENT_PROCESS_CUT_OFF,
	EVENT_KINDS
};

enum event_field {
	FIELD_ID,
	FIELD_ADDR,
	FIELD_PARENT,
	FIELD_WAITER,
	FIELD_ORIGIN,
	FIELD_LINE,
	FIELD_ATTEMPT,
	FIELD_SOURCE,
	FIELD_OUTCOME,
	FIELD_STATE,
	FIELD_ERROR,
	FIELD_LATENCY,
	FIELD_OWNER,
	FIELD_THREAD,
	FIELD_GENERATION,
	FIELD_EVENTS_MAJOR,
	FIELD_EVENTS_MINOR,
	FIELD_PPID,
	FIELD_BEGAN,
	FIELD_CHILD,
	FIELD_FOLLOWED,
	FIELD_TRUNCATED,
	FIELD_NUMBERS, /* those above are numbers, those below strings */
	FIELD_FUNCTION = FIELD_NUMBERS,
	FIELD_TYPE,
	FIELD_FILE,
	FIELD_NAME,
	FIELD_RECORDINGS,
	FIELDS
};

enum { EVENT_DEPTH_MAX = 256 };

/* Valid during the call that it is passed to, as is what it points to. */
struct trace_event {
	enum event_kind kind;
	uint32_t has;	 /* a bit for each enum event_field */
	int64_t time;	 /* ns; only differences mean something */
	uint64_t clock;	 /* the tracer's own: for LTTng-UST CLOCK_MONOTONIC */
	int64_t process; /* one number for each process of each host: its vpid
			  * below the host's number, from 0, << 32 */
	/* Valid until all is read; "" if not known: */
	const char *host;
	const char *session; /* of LTTng, that recorded it */
	int64_t vpid;	     /* 0 if the trace does not say */
	int64_t vtid;	     /* thread id; likewise */

	/* 0 or "" if there is no such field. Signed ones are extended. */
	uint64_t numbers[FIELD_NUMBERS];
	const char *strings[FIELDS - FIELD_NUMBERS];

	/* Of an event of a stack, if the reader was asked for those. */
	const uint64_t *stack;
	size_t depth;
};

enum event_kind event_kind_named(const char *name);
const char *event_kind_name(enum event_kind kind);
const char *event_field_name(enum event_field field);

static inline bool event_is_stack(enum event_kind kind)
{
	return kind == EVENT_CREATE_STACK || kind == EVENT_EXEC_STACK ||
	       kind == EVENT_HIT_STACK;
}

static inline uint64_t event_number(const struct trace_event *event,
				    enum event_field field)
{
	return event->numbers[field];
}

static inline const char *event_string(const struct trace_event *event,
				       enum event_field field)
{
	return event->strings[field - FIELD_NUMBERS];
}

static inline bool event_has(const struct trace_event *event,
			     enum event_field field)
{
	return event->has >> field & 1;
}
