/* SPDX-License-Identifier: MIT */
/* See field.h. */
#include "babeltrace/field.h"

#include "babeltrace/mip.h"

const bt_field *field_named(const bt_event *event, const char *name)
{
	const bt_field *payload = bt_event_borrow_payload_field_const(event);

	return payload ? bt_field_structure_borrow_member_field_by_name_const(
				 payload, name) :
			 NULL;
}

bool field_is(const bt_field *field, bt_field_class_type type)
{
	return field &&
	       bt_field_class_type_is(bt_field_get_class_type(field), type);
}

/* babeltrace2 2.0 leaves an earlier event's characters in an empty one. */
const char *field_text(const bt_field *string)
{
	return bt_field_string_get_length(string) ?
		       bt_field_string_get_value(string) :
		       "";
}

static size_t numbers_of_array(const bt_field *field, uint64_t *numbers,
			       size_t size)
{
	size_t count = bt_field_array_get_length(field);

	if (count > size)
		count = size;
	for (size_t i = 0; i < count; i++) {
		const bt_field *one =
			bt_field_array_borrow_element_field_by_index_const(
				field, i);

		if (!field_is(one, BT_FIELD_CLASS_TYPE_UNSIGNED_INTEGER))
			return 0;
		numbers[i] = bt_field_integer_unsigned_get_value(one);
	}
	return count;
}

size_t field_numbers(const bt_field *field, uint64_t *numbers, size_t size)
{
	const uint8_t *bytes;
	uint64_t length = 0, count = 0;

	if (field_is(field, BT_FIELD_CLASS_TYPE_ARRAY))
		return numbers_of_array(field, numbers, size);
	bytes = field ? mip_blob(field, &length) : NULL;
	for (; bytes && count < length && count < size; count++)
		numbers[count] = bytes[count];
	return count;
}
