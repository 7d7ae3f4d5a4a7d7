/* SPDX-License-Identifier: MIT */
/*
 * The events of the provider `await` (trace/provider.h): their names, and the
 * names of their fields. Channels and filters take events from this list one by
 * one, so an event that it lacks would not be recorded: tests compare it with
 * what LTTng lists of the built provider, and with the documentation.
 */
#pragma once

#include <stdbool.h>

enum { PROVIDER_EVENTS = 25 };

struct provider_event {
	const char *name;   /* "await:create" */
	const char *fields; /* each between spaces */
};

extern const struct provider_event provider_events[PROVIDER_EVENTS];

/* Whether it carries a stack: such events have a channel of their own. */
bool provider_event_is_stack(const char *name);

/* Whether it tells of a process what the report must know: it must not be lost,
 * or overwritten. */
bool provider_event_is_process(const char *name);
