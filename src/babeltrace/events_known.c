/* SPDX-License-Identifier: MIT */
/* See events_known.h. */
#include "babeltrace/events_known.h"

#include <await/trace.h>
#include <await/version.h>

#include <inttypes.h>
#include <string.h>

enum { FIELDS_MAX = 8 };

/* What model.c reads. Others may be absent, or new. */
static const struct {
	const char *name;
	const char *numbers[FIELDS_MAX];
	const char *strings[FIELDS_MAX];
} needed[] = {
	{ "await:create", { "id", "line" }, { "function", "type", "file" } },
	{ "await:exec_begin",
	  { "id", "attempt", "addr" },
	  { "function", "type" } },
	{ "await:exec_end", { "id", "outcome", "error", "latency_ns" }, { 0 } },
	{ "await:hit", { "id" }, { 0 } },
	{ "await:statedump_live",
	  { "id", "state", "line" },
	  { "function", "type", "file" } },
};

enum { KINDS = sizeof(needed) / sizeof(needed[0]) };

static const char *lacking(size_t kind, const struct trace_event *event)
{
	for (const char *const *field = needed[kind].numbers; *field; field++)
		if (!trace_has_number(event, *field))
			return *field;
	for (const char *const *field = needed[kind].strings; *field; field++)
		if (!trace_has_string(event, *field))
			return *field;
	return NULL;
}

/* A tracer of before this version says none, and its events are those of 1.0.
 */
static int check_version(const struct trace_event *event, struct trouble *why)
{
	uint64_t major = trace_number(event, "events_major");

	if (!trace_has_number(event, "events_major") ||
	    major == AWAIT_TRACE_MAJOR)
		return 0;
	return trouble(why,
		       "the events of process %" PRId64 " have version %" PRIu64
		       ".%" PRIu64 ", this awaitctl (" AWAIT_VERSION_STRING
		       ") knows %d.x: use the awaitctl of that libawait",
		       event->vpid, major, trace_number(event, "events_minor"),
		       AWAIT_TRACE_MAJOR);
}

int events_known(unsigned *seen, const struct trace_event *event,
		 struct trouble *why)
{
	size_t kind = 0;
	const char *field;

	if (!strcmp(event->name, "await:statedump_begin"))
		return check_version(event, why);
	while (kind < KINDS && strcmp(event->name, needed[kind].name) != 0)
		kind++;
	if (kind == KINDS || *seen & 1u << kind)
		return 0;
	*seen |= 1u << kind;
	field = lacking(kind, event);
	if (!field)
		return 0;
	return trouble(why,
		       "the events of process %" PRId64 " are of another "
		       "libawait: %s has no `%s`, by which this awaitctl "
		       "(" AWAIT_VERSION_STRING ") counts: use the awaitctl of "
		       "that libawait",
		       event->vpid, event->name, field);
}
