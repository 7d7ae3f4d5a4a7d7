/* SPDX-License-Identifier: MIT */
/* See trace_event.h. */
#include "babeltrace/trace_event.h"

#include <babeltrace2/babeltrace.h>
#include <stdbool.h>

static const bt_field *member(const struct trace_event *event, const char *name)
{
	const bt_field *payload = event->payload;

	if (!payload)
		return NULL;
	return bt_field_structure_borrow_member_field_by_name_const(payload,
								    name);
}

static bool is(const bt_field *field, bt_field_class_type type)
{
	return field &&
	       bt_field_class_type_is(bt_field_get_class_type(field), type);
}

uint64_t trace_number(const struct trace_event *event, const char *name)
{
	const bt_field *field = member(event, name);

	if (is(field, BT_FIELD_CLASS_TYPE_UNSIGNED_INTEGER))
		return bt_field_integer_unsigned_get_value(field);
	if (is(field, BT_FIELD_CLASS_TYPE_SIGNED_INTEGER))
		return (uint64_t)bt_field_integer_signed_get_value(field);
	return 0;
}

const char *trace_string(const struct trace_event *event, const char *name)
{
	const bt_field *field = member(event, name);

	if (is(field, BT_FIELD_CLASS_TYPE_STRING))
		return bt_field_string_get_value(field);
	return "";
}

size_t trace_numbers(const struct trace_event *event, const char *name,
		     uint64_t *numbers, size_t size)
{
	const bt_field *field = member(event, name);
	size_t count;

	if (!is(field, BT_FIELD_CLASS_TYPE_ARRAY))
		return 0;
	count = bt_field_array_get_length(field);
	if (count > size)
		count = size;
	for (size_t i = 0; i < count; i++) {
		const bt_field *number =
			bt_field_array_borrow_element_field_by_index_const(
				field, i);

		if (!is(number, BT_FIELD_CLASS_TYPE_UNSIGNED_INTEGER))
			return 0;
		numbers[i] = bt_field_integer_unsigned_get_value(number);
	}
	return count;
}
