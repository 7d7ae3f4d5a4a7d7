/* SPDX-License-Identifier: MIT */
/* See event_class.h. */
#include "babeltrace/event_class.h"

#include "babeltrace/field.h"
#include "babeltrace/mapping.h"

#include <stdlib.h>
#include <string.h>

static enum place_type type_of(const bt_field *structure, uint64_t index)
{
	bt_field_class_type type = bt_field_get_class_type(
		bt_field_structure_borrow_member_field_by_index_const(structure,
								      index));

	if (bt_field_class_type_is(type, BT_FIELD_CLASS_TYPE_UNSIGNED_INTEGER))
		return PLACE_UNSIGNED;
	if (bt_field_class_type_is(type, BT_FIELD_CLASS_TYPE_SIGNED_INTEGER))
		return PLACE_SIGNED;
	return bt_field_class_type_is(type, BT_FIELD_CLASS_TYPE_STRING) ?
		       PLACE_STRING :
		       PLACE_NONE;
}

static bool has_name(const bt_field_class *class, uint64_t index,
		     const char *name)
{
	return !strcmp(
		name,
		bt_field_class_structure_member_get_name(
			bt_field_class_structure_borrow_member_by_index_const(
				class, index)));
}

static struct field_place find(const bt_field *structure, const char *name)
{
	const bt_field_class *class;
	struct field_place place = { 0 };
	uint64_t count;

	if (!structure)
		return place;
	class = bt_field_borrow_class_const(structure);
	count = bt_field_class_structure_get_member_count(class);
	while (place.index < count && !has_name(class, place.index, name))
		place.index++;
	if (place.index < count)
		place.type = type_of(structure, place.index);
	return place;
}

/* A number where a number is wanted, and text where text is. */
static bool fits(enum event_field field, enum place_type type)
{
	return field < FIELD_NUMBERS ?
		       type == PLACE_UNSIGNED || type == PLACE_SIGNED :
		       type == PLACE_STRING;
}

static void learn_payload(struct event_class *class, const bt_field *payload)
{
	for (int field = 0; field < FIELDS; field++) {
		struct field_place place =
			find(payload, event_field_name(field));

		if (!fits(field, place.type))
			continue;
		class->fields[class->count].place = place;
		class->fields[class->count++].field = field;
	}
}

static bool is_stack(const bt_event_class *class)
{
	const char *name = bt_event_class_get_name(class);

	return name && event_is_stack(event_kind_named(name));
}

bool event_class_are_stacks(const bt_stream *stream)
{
	const bt_stream_class *class = bt_stream_borrow_class_const(stream);
	uint64_t count = bt_stream_class_get_event_class_count(class), i = 0;

	while (i < count &&
	       is_stack(bt_stream_class_borrow_event_class_by_index_const(class,
									  i)))
		i++;
	return count && i == count;
}

static void learn(struct event_class *class, const bt_event *event)
{
	const bt_field *common =
		bt_event_borrow_common_context_field_const(event);
	const char *name = bt_event_class_get_name(class->class);

	class->kind = event_kind_named(name ? name : "");
	class->maps_file = name && mapping_is_told_by(name);
	class->of_stacks =
		event_is_stack(class->kind) &&
		event_class_are_stacks(bt_event_borrow_stream_const(event));
	class->vpid = find(common, "vpid");
	class->vtid = find(common, "vtid");
	class->pid_ns = find(common, "pid_ns");
	if (class->kind != EVENT_OTHER)
		learn_payload(class,
			      bt_event_borrow_payload_field_const(event));
}

static bool same_class(const void *item, const void *key)
{
	return ((const struct event_class *)item)->class == key;
}

const struct event_class *event_class_of(struct event_classes *classes,
					 const bt_event *event)
{
	const bt_event_class *key = bt_event_borrow_class_const(event);
	void **place;

	if (classes->latest && classes->latest->class == key)
		return classes->latest;
	place = table_place(&classes->by_address,
			    hash_number(0, (uintptr_t)key), same_class, key);
	if (!place)
		return NULL;
	if (!*place) {
		struct event_class *made = calloc(1, sizeof(*made));

		if (!made)
			return NULL;
		made->class = key;
		learn(made, event);
		*place = made;
	}
	return classes->latest = *place;
}

void event_classes_free(struct event_classes *classes)
{
	for (size_t i = 0; i < classes->by_address.size; i++)
		free(classes->by_address.slots[i].item);
	table_free(&classes->by_address);
}

static const bt_field *at(const struct field_place *place,
			  const bt_field *structure)
{
	return bt_field_structure_borrow_member_field_by_index_const(
		structure, place->index);
}

uint64_t event_class_number(const struct field_place *place,
			    const bt_field *structure)
{
	switch (place->type) {
	case PLACE_UNSIGNED:
		return bt_field_integer_unsigned_get_value(
			at(place, structure));
	case PLACE_SIGNED:
		return (uint64_t)bt_field_integer_signed_get_value(
			at(place, structure));
	default:
		return 0;
	}
}

void event_class_read(const struct event_class *class, const bt_event *event,
		      struct trace_event *out)
{
	const bt_field *payload = bt_event_borrow_payload_field_const(event);

	for (size_t i = 0; i < class->count; i++) {
		enum event_field field = class->fields[i].field;
		const struct field_place *place = &class->fields[i].place;

		out->has |= 1u << field;
		if (field < FIELD_NUMBERS)
			out->numbers[field] =
				event_class_number(place, payload);
		else
			out->strings[field - FIELD_NUMBERS] =
				field_text(at(place, payload));
	}
}
