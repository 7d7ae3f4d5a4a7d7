/* SPDX-License-Identifier: MIT */
/*
 * A trace is an array of records, one per event, in the order in which the
 * events happened. recorder/ and load/ make traces, assert/ reads them. A trace
 * is complete and constant by the time a user gets it, so reading needs no
 * lock.
 */
#pragma once

#include <await/test.h>

/* In place of an index into a trace: no record. */
#define NO_INDEX SIZE_MAX

struct record {
	uint64_t time_ns;
	uint64_t id;
	uint64_t parent;
	/* In a loaded trace made by load/; file is NULL when the trace does not
	 * have the creation. */
	const struct await_site *site;
	union {
		const struct await *aw; /* all but EXEC_END; NULL if loaded */
		uint64_t latency_ns;	/* EXEC_END */
	};
	uint64_t addr;
	uint32_t thread;
	int32_t error;
	/* Index of its stack in trace.stacks, plus one; 0: none. */
	uint32_t stack;
	uint8_t type;
	uint8_t state;
	uint8_t attempt;
	uint8_t source; /* EXEC_BEGIN: enum await_run_source */
};
_Static_assert(sizeof(struct record) == 64, "a million in 64 MiB");

struct functions;
struct given_names;

struct await_trace {
	struct record *records;
	size_t count;
	size_t lost; /* events that found no room, or that LTTng discarded */
	/* Each stack is its depth, followed by that many return addresses. */
	uint64_t *stacks;
	size_t stacks_used;
	struct functions *functions;	 /* names of its addresses */
	const struct given_names *names; /* NULL: none is known */
	/* The rest belongs to whoever made the trace. */
	void *owner;
};

/* The name that await_name() gave to the await with that id, or NULL. */
const char *record_given_name(const struct await_trace *trace, uint64_t id);

/* What users see of a record. It points into the trace. */
void record_to_seen(const struct await_trace *trace,
		    const struct record *record, struct await_seen *seen);
