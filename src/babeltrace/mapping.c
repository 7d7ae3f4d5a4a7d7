/* SPDX-License-Identifier: MIT */
/* See mapping.h. Some for files that are mapped already when the state is
 * dumped, and some for those that are loaded, and unloaded, later. */
#include "babeltrace/mapping.h"

#include "babeltrace/field.h"

#include <string.h>

static bool tells_build_id(const char *name)
{
	return !strcmp(name, "lttng_ust_statedump:build_id") ||
	       !strcmp(name, "lttng_ust_lib:build_id");
}

static bool tells_load(const char *name)
{
	return !strcmp(name, "lttng_ust_lib:load");
}

static bool tells_unload(const char *name)
{
	return !strcmp(name, "lttng_ust_lib:unload");
}

static bool tells_dump(const char *name)
{
	return !strcmp(name, "lttng_ust_statedump:start");
}

bool mapping_is_told_by(const char *name)
{
	return !strcmp(name, "lttng_ust_statedump:bin_info") ||
	       tells_dump(name) || tells_load(name) || tells_unload(name) ||
	       tells_build_id(name);
}

static uint64_t number(const bt_event *event, const char *name)
{
	const bt_field *field = field_named(event, name);

	return field_is(field, BT_FIELD_CLASS_TYPE_UNSIGNED_INTEGER) ?
		       bt_field_integer_unsigned_get_value(field) :
		       0;
}

static const char *path_of(const bt_event *event)
{
	const bt_field *field = field_named(event, "path");

	return field_is(field, BT_FIELD_CLASS_TYPE_STRING) ? field_text(field) :
							     "";
}

void mapping_read(const bt_event *event, struct mapped_file *file)
{
	uint64_t bytes[MAPPED_FILE_BUILD_ID_MAX];
	const char *name =
		bt_event_class_get_name(bt_event_borrow_class_const(event));
	bool is_build_id = tells_build_id(name);
	bool is_file = !is_build_id && !tells_dump(name) && !tells_unload(name);

	file->base = number(event, "baddr");
	file->size = number(event, "memsz");
	file->dumped = tells_dump(name);
	file->loaded = tells_load(name);
	file->unloaded = tells_unload(name);
	file->has_build_id = !field_named(event, "has_build_id") ||
			     number(event, "has_build_id");
	file->path = is_file ? path_of(event) : NULL;
	file->build_id_size = 0;
	if (!is_build_id)
		return;
	file->build_id_size = field_numbers(field_named(event, "build_id"),
					    bytes, MAPPED_FILE_BUILD_ID_MAX);
	for (size_t i = 0; i < file->build_id_size; i++)
		file->build_id[i] = (uint8_t)bytes[i];
}
