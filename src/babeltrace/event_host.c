/* SPDX-License-Identifier: MIT */
/* See event_host.h. */
#define _GNU_SOURCE
#include "babeltrace/event_host.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool is_part(const bt_trace *a, const bt_trace *b)
{
	bt_uuid x = bt_trace_get_uuid(a), y = bt_trace_get_uuid(b);

	return x && y && memcmp(x, y, 16) == 0;
}

static const char *host_of(const bt_trace *trace)
{
	const bt_value *host =
		bt_trace_borrow_environment_entry_value_by_name_const(
			trace, "hostname");

	return host && bt_value_is_string(host) ? bt_value_string_get(host) :
						  "";
}

/* NULL without memory. */
static const struct origin *add_origin(struct origins *origins,
				       const bt_trace *trace)
{
	struct origin *larger = reallocarray(origins->items, origins->count + 1,
					     sizeof(*larger));
	struct origin *origin;

	if (!larger)
		return NULL;
	origins->items = larger;
	origin = &larger[origins->count];
	*origin = (struct origin){ .trace = trace,
				   .number = (int64_t)origins->count,
				   .host = host_of(trace) };
	for (size_t i = 0; i < origins->count; i++)
		if (is_part(larger[i].trace, trace))
			origin->number = larger[i].number;
	bt_trace_get_ref(trace);
	origins->count++;
	return origin;
}

const struct origin *origin_of(struct origins *origins, const bt_event *event)
{
	const bt_trace *trace = bt_stream_borrow_trace_const(
		bt_event_borrow_stream_const(event));

	for (size_t i = 0; i < origins->count; i++)
		if (origins->items[i].trace == trace)
			return &origins->items[i];
	return add_origin(origins, trace);
}

void origins_free(struct origins *origins)
{
	for (size_t i = 0; i < origins->count; i++)
		bt_trace_put_ref(origins->items[i].trace);
	free(origins->items);
}
