/* SPDX-License-Identifier: MIT */
/* See events_known.h. */
#include "babeltrace/events_known.h"

#include <await/trace.h>
#include <await/version.h>

#include <inttypes.h>
#include <string.h>

static const char *lacking(const struct event_needs *needs,
			   const struct trace_event *event)
{
	for (const char *const *field = needs->numbers; *field; field++)
		if (!trace_has_number(event, *field))
			return *field;
	for (const char *const *field = needs->strings; *field; field++)
		if (!trace_has_string(event, *field))
			return *field;
	return NULL;
}

/* A tracer of before this version says none, and its events are those of 1.0.
 */
static int check_version(const char *reader, const struct trace_event *event,
			 struct trouble *why)
{
	uint64_t major = trace_number(event, "events_major");

	if (!trace_has_number(event, "events_major") ||
	    major == AWAIT_TRACE_MAJOR)
		return 0;
	return trouble(why,
		       "the events of process %" PRId64 " have version %" PRIu64
		       ".%" PRIu64 ", this %s (" AWAIT_VERSION_STRING
		       ") knows %d.x: use the %s of that libawait",
		       event->vpid, major, trace_number(event, "events_minor"),
		       reader, AWAIT_TRACE_MAJOR, reader);
}

int events_known(const struct events_reader *reader, unsigned *seen,
		 const struct trace_event *event, struct trouble *why)
{
	size_t kind = 0;
	const char *field;

	if (!strcmp(event->name, "await:statedump_begin"))
		return check_version(reader->name, event, why);
	while (kind < reader->count &&
	       strcmp(event->name, reader->needs[kind].event) != 0)
		kind++;
	if (kind == reader->count || *seen & 1u << kind)
		return 0;
	*seen |= 1u << kind;
	field = lacking(&reader->needs[kind], event);
	if (!field)
		return 0;
	return trouble(why,
		       "the events of process %" PRId64 " are of another "
		       "libawait: %s has no `%s`, which this %s "
		       "(" AWAIT_VERSION_STRING ") goes by: use the %s of that "
		       "libawait",
		       event->vpid, event->name, field, reader->name,
		       reader->name);
}
