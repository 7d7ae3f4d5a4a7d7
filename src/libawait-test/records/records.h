/* SPDX-License-Identifier: MIT */
/*
 * What the files of libawait-test.so share. Who uses whom, top to bottom:
 *
 *     claims.h and its files        assertions: NULL or a text
 *     event_text.c                        an event as a line
 *     recorder.c load.c session.c   where traces come from; start.c begins one
 *     event_ring.c                        a recording, as debuggers find it
 *     records.c    functions.c         reading one; addresses and their names
 *
 * A trace is an array of records. It is complete and constant when a user gets
 * it: nothing here needs a lock but what is noted.
 */
#pragma once

#include <await/test.h>

#define EXPORT __attribute__((visibility("default")))

/* One event. */
struct record {
	uint64_t time_ns;
	uint64_t id;
	uint64_t parent;
	/* Of a loaded trace: made by load.c; file is NULL when the creation was
	 * not seen. */
	const struct await_site *site;
	union {
		const struct await *aw; /* all but EXEC_END; NULL if loaded */
		uint64_t latency_ns;	/* EXEC_END */
	};
	uint64_t addr;
	uint32_t thread;
	int32_t error;
	/* Where its stack begins in trace.stacks, plus one. */
	uint32_t stack;
	uint8_t type;
	uint8_t state;
	uint16_t attempt;
};
_Static_assert(sizeof(struct record) == 64, "a million in 64 MiB");

/* Names the functions that addresses lie in, as debug information and symbol
 * tables do. */
struct functions;

struct await_trace {
	struct record *records;
	size_t count;
	size_t lost; /* events that there was no room for, or LTTng discarded */
	/* Each stack: its depth, then so many return addresses. */
	uint64_t *stacks;
	size_t stacks_used;
	struct functions *functions;
	/* The rest belongs to who made the trace. */
	void *owner;
};

/* --- recorder.c --- */

/* The thread that began the trace last; any, if none ever did. */
bool recorder_is_test_thread(void);
/* Keeps the newest events, for a debugger, until the program itself begins. */
void recorder_begin_at_start(size_t events);

/* --- deferred_failures.c --- */

/* What failed on other threads and was not reported, or NULL; the caller has
 * it until its next claim. */
const char *claim_take_kept(void);

/* --- records.c --- */

void seen_fill(const struct await_trace *trace, const struct record *record,
	       struct await_seen *seen);

/* --- functions.c --- */

/*
 * The function that addr lies in, at the time of a trace's event: a name that
 * lives as long as the trace, or NULL. Of C++ functions it is demangled,
 * without arguments. Slow the first time; remembered.
 */
const char *functions_name(const struct await_trace *trace, uint64_t time_ns,
			   uint64_t addr);
/* Whether addr lies in a function of that name, also in what is inlined into
 * it, which functions_name() names alone. */
bool functions_has(const struct await_trace *trace, uint64_t time_ns,
		   uint64_t addr, const char *name);
/* file:line of it, or NULL. */
const char *functions_line(const struct await_trace *trace, uint64_t time_ns,
			   uint64_t addr);
/* Of this process. Freed by functions_free(). */
struct functions *functions_of_process(void);
void functions_free(struct functions *functions);

/* --- event_text.c --- */

/*
 * One event as a line without newline, for failures:
 *
 *     hit fetch #12 in #3 by show at page.c:31 on T1 (4711)
 */
void text_event(const struct await_trace *trace, const struct record *record,
		char *line, size_t size);
