/* SPDX-License-Identifier: MIT */
/* See events_known.h. */
#include "lives/events_known.h"

#include <await/trace.h>
#include <await/version.h>

#include <inttypes.h>

/* A tracer of before this version says none, and its events are those of 1.0.
 */
static int check_version(const char *reader, const struct trace_event *event,
			 struct trouble *why)
{
	uint64_t major = event_number(event, FIELD_EVENTS_MAJOR);

	if (!event_has(event, FIELD_EVENTS_MAJOR) || major == AWAIT_TRACE_MAJOR)
		return 0;
	return trouble(why,
		       "the events of process %" PRId64 " have version %" PRIu64
		       ".%" PRIu64 ", this %s (" AWAIT_VERSION_STRING
		       ") knows %d.x: use the %s of that libawait",
		       event->vpid, major,
		       event_number(event, FIELD_EVENTS_MINOR), reader,
		       AWAIT_TRACE_MAJOR, reader);
}

int events_known(const struct events_reader *reader, uint32_t *seen,
		 const struct trace_event *event, struct trouble *why)
{
	uint32_t lacking = reader->needs[event->kind] & ~event->has;

	if (event->kind == EVENT_DUMP_BEGIN)
		return check_version(reader->name, event, why);
	if (*seen >> event->kind & 1)
		return 0;
	*seen |= 1u << event->kind;
	if (!lacking)
		return 0;
	return trouble(why,
		       "the events of process %" PRId64 " are of another "
		       "libawait: %s has no `%s`, which this %s "
		       "(" AWAIT_VERSION_STRING ") goes by: use the %s of that "
		       "libawait",
		       event->vpid, event_kind_name(event->kind),
		       event_field_name(__builtin_ctz(lacking)), reader->name,
		       reader->name);
}
