/* SPDX-License-Identifier: MIT */
/* See trace_event.h. */
#include "babeltrace/trace_event.h"

#include "babeltrace/mip.h"

#include <babeltrace2/babeltrace.h>
#include <stdbool.h>
#include <string.h>

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

bool trace_has_number(const struct trace_event *event, const char *name)
{
	const bt_field *field = member(event, name);

	return is(field, BT_FIELD_CLASS_TYPE_UNSIGNED_INTEGER) ||
	       is(field, BT_FIELD_CLASS_TYPE_SIGNED_INTEGER);
}

bool trace_has_string(const struct trace_event *event, const char *name)
{
	return is(member(event, name), BT_FIELD_CLASS_TYPE_STRING);
}

const char *trace_string(const struct trace_event *event, const char *name)
{
	const bt_field *field = member(event, name);

	/* babeltrace2 2.0 leaves an earlier event's characters in an empty one.
	 */
	if (is(field, BT_FIELD_CLASS_TYPE_STRING) &&
	    bt_field_string_get_length(field))
		return bt_field_string_get_value(field);
	return "";
}

static size_t numbers_of_array(const bt_field *field, uint64_t *numbers,
			       size_t size)
{
	size_t count = bt_field_array_get_length(field);

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

size_t trace_numbers(const struct trace_event *event, const char *name,
		     uint64_t *numbers, size_t size)
{
	const bt_field *field = member(event, name);
	const uint8_t *bytes;
	uint64_t length = 0, count = 0;

	if (is(field, BT_FIELD_CLASS_TYPE_ARRAY))
		return numbers_of_array(field, numbers, size);
	bytes = field ? mip_blob(field, &length) : NULL;
	for (; bytes && count < length && count < size; count++)
		numbers[count] = bytes[count];
	return count;
}

static void read_build_id(const struct trace_event *event,
			  struct mapped_file *file)
{
	uint64_t bytes[MAPPED_FILE_BUILD_ID_MAX];

	file->build_id_size = trace_numbers(event, "build_id", bytes,
					    MAPPED_FILE_BUILD_ID_MAX);
	for (size_t i = 0; i < file->build_id_size; i++)
		file->build_id[i] = (uint8_t)bytes[i];
}

/* Once for files that are mapped already when the state is dumped, and once for
 * those that are loaded later. */
bool trace_mapped_file(const struct trace_event *event,
		       struct mapped_file *file)
{
	bool is_mapping =
		!strcmp(event->name, "lttng_ust_statedump:bin_info") ||
		!strcmp(event->name, "lttng_ust_lib:load");
	bool is_build_id =
		!strcmp(event->name, "lttng_ust_statedump:build_id") ||
		!strcmp(event->name, "lttng_ust_lib:build_id");

	if (!is_mapping && !is_build_id)
		return false;
	*file = (struct mapped_file){
		.process = event->process,
		.time = event->time,
		.base = trace_number(event, "baddr"),
		.size = trace_number(event, "memsz"),
		.path = is_mapping ? trace_string(event, "path") : NULL,
	};
	if (is_build_id)
		read_build_id(event, file);
	return true;
}
