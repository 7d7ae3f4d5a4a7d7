/* SPDX-License-Identifier: MIT */
/* Fields of events by name, and their values. What is absent or of another type
 * reads as nothing. */
#pragma once

#include <babeltrace2/babeltrace.h>
#include <stdbool.h>

/* In the event's payload; NULL if it has none of that name. */
const bt_field *field_named(const bt_event *event, const char *name);

/* Whether there is such a field, and it is of that type. */
bool field_is(const bt_field *field, bt_field_class_type type);

/* Of a string; valid as long as the event. */
const char *field_text(const bt_field *string);

/* Copies a sequence of unsigned numbers, or of bytes; returns how many there
 * are, size at most. */
size_t field_numbers(const bt_field *field, uint64_t *numbers, size_t size);
