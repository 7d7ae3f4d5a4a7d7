/* SPDX-License-Identifier: MIT */
/* See event_host.h. */
#include "babeltrace/event_host.h"

#include "common/array.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool is_of(const struct event_host *host, uint64_t trace,
		  uint64_t pid_ns)
{
	return host->trace == trace && host->pid_ns == pid_ns;
}

const struct event_host *event_host_find(struct event_hosts *hosts,
					 uint64_t trace, uint64_t pid_ns)
{
	if (hosts->latest < hosts->count &&
	    is_of(&hosts->items[hosts->latest], trace, pid_ns))
		return &hosts->items[hosts->latest];
	for (hosts->latest = 0; hosts->latest < hosts->count; hosts->latest++)
		if (is_of(&hosts->items[hosts->latest], trace, pid_ns))
			return &hosts->items[hosts->latest];
	return NULL;
}

static void free_host(struct event_host *host)
{
	free(host->trace_id);
	free(host->name);
	free(host->session);
}

static bool is_same(const struct event_host *a, const struct event_host *b)
{
	return a->pid_ns == b->pid_ns && *a->trace_id &&
	       !strcmp(a->trace_id, b->trace_id);
}

const struct event_host *event_host_add(struct event_hosts *hosts,
					const struct event_host *one)
{
	struct event_host *larger =
		array_grow(hosts->items, hosts->count, sizeof(*larger));
	struct event_host host = {
		.trace = one->trace,
		.pid_ns = one->pid_ns,
		.number = (int64_t)hosts->count,
		.trace_id = strdup(one->trace_id),
		.name = strdup(one->name),
		.session = strdup(one->session),
	};

	if (larger)
		hosts->items = larger;
	if (!larger || !host.trace_id || !host.name || !host.session) {
		free_host(&host);
		return NULL;
	}
	for (size_t i = 0; i < hosts->count; i++)
		if (is_same(&larger[i], &host))
			host.number = larger[i].number;
	larger[hosts->count] = host;
	return &larger[hosts->count++];
}

void event_hosts_free(struct event_hosts *hosts)
{
	for (size_t i = 0; i < hosts->count; i++)
		free_host(&hosts->items[i]);
	free(hosts->items);
}
