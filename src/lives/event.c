/* SPDX-License-Identifier: MIT */
/* The names of event.h, as trace/provider.h has them. */
#include "lives/event.h"

#include <string.h>

static const char provider[] = "await:";

static const char *const kinds[EVENT_KINDS] = {
	[EVENT_OTHER] = "",
	[EVENT_UNKNOWN] = "await:",
	[EVENT_CREATE] = "await:create",
	[EVENT_EXEC_BEGIN] = "await:exec_begin",
	[EVENT_EXEC_END] = "await:exec_end",
	[EVENT_HIT] = "await:hit",
	[EVENT_BLOCK_BEGIN] = "await:block_begin",
	[EVENT_BLOCK_END] = "await:block_end",
	[EVENT_CYCLE] = "await:cycle",
	[EVENT_WAIT_END] = "await:wait_end",
	[EVENT_RESOLVE] = "await:resolve",
	[EVENT_CANCEL] = "await:cancel",
	[EVENT_NAME] = "await:name",
	[EVENT_START] = "await:start",
	[EVENT_DESTROY] = "await:destroy",
	[EVENT_CREATE_STACK] = "await:create_stack",
	[EVENT_EXEC_STACK] = "await:exec_stack",
	[EVENT_HIT_STACK] = "await:hit_stack",
	[EVENT_DUMP_BEGIN] = "await:statedump_begin",
	[EVENT_DUMP_LIVE] = "await:statedump_live",
	[EVENT_DUMP_WAIT] = "await:statedump_wait",
	[EVENT_DUMP_END] = "await:statedump_end",
	[EVENT_DUMP_PROCESS] = "await:statedump_process",
	[EVENT_DUMP_INHERITED] = "await:statedump_inherited",
	[EVENT_PROCESS_END] = "await:process_end",
	[EVENT_PROCESS_CHILD] = "await:process_child",
	[EVENT_PROCESS_CUT_OFF] = "await:process_cut_off",
};

static const char *const fields[FIELDS] = {
	[FIELD_ID] = "id",
	[FIELD_PARENT] = "parent",
	[FIELD_WAITER] = "waiter",
	[FIELD_ADDR] = "addr",
	[FIELD_ORIGIN] = "origin",
	[FIELD_LINE] = "line",
	[FIELD_ATTEMPT] = "attempt",
	[FIELD_SOURCE] = "source",
	[FIELD_OUTCOME] = "outcome",
	[FIELD_STATE] = "state",
	[FIELD_ERROR] = "error",
	[FIELD_LATENCY] = "latency_ns",
	[FIELD_OWNER] = "owner",
	[FIELD_THREAD] = "thread",
	[FIELD_GENERATION] = "generation",
	[FIELD_EVENTS_MAJOR] = "events_major",
	[FIELD_EVENTS_MINOR] = "events_minor",
	[FIELD_PPID] = "ppid",
	[FIELD_BEGAN] = "began",
	[FIELD_CHILD] = "child",
	[FIELD_FOLLOWED] = "followed",
	[FIELD_TRUNCATED] = "truncated",
	[FIELD_FUNCTION] = "function",
	[FIELD_TYPE] = "type",
	[FIELD_FILE] = "file",
	[FIELD_NAME] = "name",
	[FIELD_RECORDINGS] = "recordings",
};

enum event_kind event_kind_named(const char *name)
{
	if (strncmp(name, provider, sizeof(provider) - 1) != 0)
		return EVENT_OTHER;
	for (int kind = EVENT_UNKNOWN + 1; kind < EVENT_KINDS; kind++)
		if (!strcmp(name, kinds[kind]))
			return (enum event_kind)kind;
	return EVENT_UNKNOWN;
}

const char *event_kind_name(enum event_kind kind)
{
	return kinds[kind];
}

const char *event_field_name(enum event_field field)
{
	return fields[field];
}
