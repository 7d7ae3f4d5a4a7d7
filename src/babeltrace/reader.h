/* SPDX-License-Identifier: MIT */
/*
 * Reads LTTng traces through libbabeltrace2 and hands over their events, of
 * all traces below a directory, in the order of time. Knows no report.
 */
#pragma once

#include "common/trouble.h"

#include <stddef.h>
#include <stdint.h>

/* Valid during the call it is given to, as are the strings of its fields. */
struct trace_event {
	const char *name; /* "await:create" */
	int64_t time;	  /* ns; only differences mean something */
	uint64_t clock;	  /* the tracer's own: for LTTng-UST CLOCK_MONOTONIC */
	int64_t process;  /* one number for each process of each host */
	const char *host; /* valid until all is read; "" if nobody says */
	int64_t vpid;	  /* 0 if the trace does not say */
	int64_t vtid;	  /* thread id; likewise */
	const void *payload;
};

struct reader_calls {
	void (*event)(void *data, const struct trace_event *event);
	/* count events were lost; 0 if the trace does not say how many */
	void (*discarded)(void *data, uint64_t count);
};

/* A field as a number (enumerations, signed ones too) or string; 0 or "" if
 * there is none. */
uint64_t trace_number(const struct trace_event *event, const char *field);
const char *trace_string(const struct trace_event *event, const char *field);

/* Copies a sequence of unsigned numbers; returns how many there are, size at
 * most. */
size_t trace_numbers(const struct trace_event *event, const char *field,
		     uint64_t *numbers, size_t size);

enum reader_result {
	READER_DONE,
	READER_NOTHING, /* no trace was found or opened: *why says why */
	READER_DAMAGED, /* broke off on the way: *why says why */
};

enum reader_result reader_read(const char *directory,
			       const struct reader_calls *calls, void *data,
			       struct trouble *why);
