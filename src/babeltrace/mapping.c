/* SPDX-License-Identifier: MIT */
/* See mapping.h. Once for files that are mapped already when the state is
 * dumped, and once for those that are loaded later. */
#include "babeltrace/mapping.h"

#include "babeltrace/mip.h"

#include <string.h>

static bool tells_build_id(const char *name)
{
	return !strcmp(name, "lttng_ust_statedump:build_id") ||
	       !strcmp(name, "lttng_ust_lib:build_id");
}

bool mapping_is_told_by(const char *name)
{
	return !strcmp(name, "lttng_ust_statedump:bin_info") ||
	       !strcmp(name, "lttng_ust_lib:load") || tells_build_id(name);
}

static const bt_field *member(const bt_event *event, const char *name)
{
	const bt_field *payload = bt_event_borrow_payload_field_const(event);

	return payload ? bt_field_structure_borrow_member_field_by_name_const(
				 payload, name) :
			 NULL;
}

static bool is(const bt_field *field, bt_field_class_type type)
{
	return field &&
	       bt_field_class_type_is(bt_field_get_class_type(field), type);
}

static uint64_t number(const bt_event *event, const char *name)
{
	const bt_field *field = member(event, name);

	return is(field, BT_FIELD_CLASS_TYPE_UNSIGNED_INTEGER) ?
		       bt_field_integer_unsigned_get_value(field) :
		       0;
}

static const char *path_of(const bt_event *event)
{
	const bt_field *field = member(event, "path");

	/* babeltrace2 2.0 leaves an earlier event's characters in an empty one.
	 */
	return is(field, BT_FIELD_CLASS_TYPE_STRING) &&
			       bt_field_string_get_length(field) ?
		       bt_field_string_get_value(field) :
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

		if (!is(one, BT_FIELD_CLASS_TYPE_UNSIGNED_INTEGER))
			return 0;
		numbers[i] = bt_field_integer_unsigned_get_value(one);
	}
	return count;
}

size_t mapping_numbers(const bt_event *event, const char *name,
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

void mapping_read(const bt_event *event, struct mapped_file *file)
{
	uint64_t bytes[MAPPED_FILE_BUILD_ID_MAX];
	bool is_build_id = tells_build_id(
		bt_event_class_get_name(bt_event_borrow_class_const(event)));

	file->base = number(event, "baddr");
	file->size = number(event, "memsz");
	file->path = is_build_id ? NULL : path_of(event);
	file->build_id_size = 0;
	if (!is_build_id)
		return;
	file->build_id_size = mapping_numbers(event, "build_id", bytes,
					      MAPPED_FILE_BUILD_ID_MAX);
	for (size_t i = 0; i < file->build_id_size; i++)
		file->build_id[i] = (uint8_t)bytes[i];
}
