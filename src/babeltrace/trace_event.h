/* SPDX-License-Identifier: MIT */
/*
 * An event of a trace, and its fields by name. A trace may come from anywhere:
 * a field that is absent or of another type reads as nothing, never as
 * something else.
 */
#pragma once

#include "common/mapped_file.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Valid during the call that it is passed to, as are the strings of its
 * fields. */
struct trace_event {
	const char *name; /* "await:create" */
	int64_t time;	  /* ns; only differences mean something */
	uint64_t clock;	  /* the tracer's own: for LTTng-UST CLOCK_MONOTONIC */
	int64_t process;  /* one number for each process of each host: its vpid
			   * below the host's number, from 0, << 32 */
	/* Valid until all is read; "" if not known: */
	const char *host;
	const char *session; /* of LTTng, that recorded it */
	int64_t vpid;	     /* 0 if the trace does not say */
	int64_t vtid;	     /* thread id; likewise */
	const void *payload;
};

/* The value of a field that is a number (also an enumeration, or signed) or a
 * string; 0 or "" if there is no such field. */
uint64_t trace_number(const struct trace_event *event, const char *field);
const char *trace_string(const struct trace_event *event, const char *field);

/* Whether the event has such a field. */
bool trace_has_number(const struct trace_event *event, const char *field);
bool trace_has_string(const struct trace_event *event, const char *field);

/* Copies a sequence of unsigned numbers, or of bytes; returns how many there
 * are, size at most. */
size_t trace_numbers(const struct trace_event *event, const char *field,
		     uint64_t *numbers, size_t size);

/* Whether the event tells which file is mapped where, or its build id: then
 * fills *file, which is valid as long as the event. */
bool trace_mapped_file(const struct trace_event *event,
		       struct mapped_file *file);
