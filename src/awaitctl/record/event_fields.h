/* SPDX-License-Identifier: MIT */
/*
 * The names of fields in an expression of LTTng's filter language, and whether
 * an event of provider_events.h has them. Events are indexes of its list.
 */
#pragma once

#include "lttng/provider_events.h"

#include <stddef.h>

/* The event whose name without "await:" has that length; PROVIDER_EVENTS if
 * there is none. */
size_t event_fields_find(const char *name, size_t length);

/* The first name in a filter that is not a field of the event, and sets
 * *length; or NULL if it has all. */
const char *event_fields_lacking(size_t event, const char *filter,
				 size_t *length);
