/* SPDX-License-Identifier: MIT */
/* See provider_events.h. */
#include "lttng/provider_events.h"

#include <stddef.h>
#include <string.h>

const struct provider_event provider_events[PROVIDER_EVENTS] = {
	{ "await:create", " id parent origin type function file line addr " },
	{ "await:exec_begin", " id parent type function attempt source addr " },
	{ "await:exec_end", " id outcome error latency_ns addr " },
	{ "await:hit", " id waiter addr " },
	{ "await:block_begin", " id waiter owner addr " },
	{ "await:block_end", " id waiter state addr " },
	{ "await:cycle", " id waiter owner addr " },
	{ "await:wait_end", " id waiter state error addr " },
	{ "await:resolve", " id parent outcome error addr " },
	{ "await:cancel", " id parent addr " },
	{ "await:name", " id parent name addr " },
	{ "await:start", " id parent addr " },
	{ "await:destroy", " id state addr " },
	{ "await:create_stack", " id stack truncated addr " },
	{ "await:exec_stack", " id stack truncated addr " },
	{ "await:hit_stack", " id stack truncated addr " },
	{ "await:statedump_begin", " generation events_major events_minor " },
	{ "await:statedump_live", " generation id state origin attempt error "
				  "type function file line name thread parent "
				  "addr " },
	{ "await:statedump_wait", " generation id waiter thread addr " },
	{ "await:statedump_end", " generation count " },
	{ "await:process_end", " alive " },
	{ "await:statedump_process", " name ppid recordings began " },
	{ "await:statedump_inherited", " id " },
	{ "await:process_child", " child followed " },
	{ "await:process_cut_off", " times " },
};

bool provider_event_is_process(const char *name)
{
	static const char *const all[] = {
		"await:statedump_process",
		"await:statedump_inherited",
		"await:process_child",
		"await:process_cut_off",
	};
	size_t i = 0;

	while (i < sizeof(all) / sizeof(all[0]) && strcmp(all[i], name) != 0)
		i++;
	return i < sizeof(all) / sizeof(all[0]);
}

bool provider_event_is_stack(const char *name)
{
	return strstr(name, "_stack") != NULL;
}
