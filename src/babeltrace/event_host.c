/* SPDX-License-Identifier: MIT */
/* See event_host.h. */
#define _GNU_SOURCE
#include "babeltrace/event_host.h"

#include "babeltrace/mip.h"

#include <stdlib.h>

static const char *said_by(const bt_trace *trace, const char *entry)
{
	const bt_value *said =
		bt_trace_borrow_environment_entry_value_by_name_const(trace,
								      entry);

	return said && bt_value_is_string(said) ? bt_value_string_get(said) :
						  "";
}

/* NULL without memory. */
static const struct event_host *add_host(struct event_hosts *hosts,
					 const bt_trace *trace, uint64_t pid_ns)
{
	struct event_host *larger =
		reallocarray(hosts->items, hosts->count + 1, sizeof(*larger));
	struct event_host *host;

	if (!larger)
		return NULL;
	hosts->items = larger;
	host = &larger[hosts->count];
	*host = (struct event_host){ .trace = trace,
				     .pid_ns = pid_ns,
				     .number = (int64_t)hosts->count,
				     .name = said_by(trace, "hostname"),
				     .session = said_by(trace, "trace_name") };
	for (size_t i = 0; i < hosts->count; i++)
		if (larger[i].pid_ns == pid_ns &&
		    mip_is_same_trace(larger[i].trace, trace))
			host->number = larger[i].number;
	bt_trace_get_ref(trace);
	hosts->count++;
	return host;
}

static bool is_of(const struct event_host *host, const bt_trace *trace,
		  uint64_t pid_ns)
{
	return host->trace == trace && host->pid_ns == pid_ns;
}

const struct event_host *event_host_of(struct event_hosts *hosts,
				       const bt_event *event, uint64_t pid_ns)
{
	const bt_trace *trace = bt_stream_borrow_trace_const(
		bt_event_borrow_stream_const(event));

	if (hosts->latest < hosts->count &&
	    is_of(&hosts->items[hosts->latest], trace, pid_ns))
		return &hosts->items[hosts->latest];
	for (hosts->latest = 0; hosts->latest < hosts->count; hosts->latest++)
		if (is_of(&hosts->items[hosts->latest], trace, pid_ns))
			return &hosts->items[hosts->latest];
	return add_host(hosts, trace, pid_ns);
}

void event_hosts_free(struct event_hosts *hosts)
{
	for (size_t i = 0; i < hosts->count; i++)
		bt_trace_put_ref(hosts->items[i].trace);
	free(hosts->items);
}
