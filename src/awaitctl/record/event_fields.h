/* SPDX-License-Identifier: MIT */
/*
 * The tracer's events and the names of their fields, and the names of fields in
 * an expression of LTTng's filter language.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* As the provider has them; a test compares this with the documentation. */
enum { EVENT_FIELDS_EVENTS = 16 };

/* The name of an event: "await:create". */
const char *event_fields_event(size_t event);

/* The event whose name without "await:" has that length; EVENT_FIELDS_EVENTS if
 * there is none. */
size_t event_fields_find(const char *name, size_t length);

/* The first name in a filter that is not a field of the event, and sets
 * *length; or NULL if it has all. */
const char *event_fields_lacking(size_t event, const char *filter,
				 size_t *length);
