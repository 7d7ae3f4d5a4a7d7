/* SPDX-License-Identifier: MIT */
/*
 * See metadata_layout.h. The metadata of CTF 2 is a sequence of JSON texts,
 * each behind a record separator: a class of the trace, of a stream or of an
 * event. As in metadata_tsdl.c, a field is a number of bytes, a string, or an
 * array whose length is a number or the field before it.
 */
#include "ctf/event_layouts.h"
#include "ctf/json.h"

#include <string.h>

enum { RECORD_SEPARATOR = 0x1e };

/* A member that is a number, or the default if there is none. */
static bool read_number(struct json object, const char *name,
			unsigned long *number, unsigned long otherwise)
{
	struct json value;

	*number = otherwise;
	return !json_member(object, name, &value) || json_number(value, number);
}

static bool has_type(struct json object, const char *type)
{
	struct json value;

	return json_member(object, "type", &value) && json_is(value, type);
}

/* The size of an integer in bytes; 0 if it is none. Bit fields are refused. */
static size_t integer_size(struct json class)
{
	unsigned long bits, align;

	if (!has_type(class, "fixed-length-unsigned-integer") &&
	    !has_type(class, "fixed-length-signed-integer"))
		return 0;
	if (!read_number(class, "length", &bits, 0) ||
	    !read_number(class, "alignment", &align, 1) || bits % 8 ||
	    align > 8)
		return 0;
	return bits / 8;
}

static size_t element_size(struct json array)
{
	struct json element;

	return json_member(array, "element-field-class", &element) ?
		       integer_size(element) :
		       0;
}

/* Whether the length of a field is the field before it, which is a number. */
static bool follows_length(struct json class, const struct field_layout *before)
{
	struct json location, path, name;

	return before && before->kind == FIELD_BYTES &&
	       json_member(class, "length-field-location", &location) &&
	       json_member(location, "path", &path) &&
	       json_array(path, &path) && json_next(&path, &name) &&
	       json_ended(path) && json_is(name, before->name);
}

/* An array's size is that of all its elements; before: NULL for the first. */
static bool parse_class(struct json class, const struct field_layout *before,
			struct field_layout *field)
{
	unsigned long length;

	if (!read_number(class, "length", &length, 0))
		return false;
	field->kind = FIELD_BYTES;
	field->size = integer_size(class);
	if (field->size)
		return true;
	if (has_type(class, "null-terminated-string")) {
		field->kind = FIELD_STRING;
		return true;
	}
	if (has_type(class, "static-length-string")) {
		field->kind = FIELD_CHARS;
		field->size = length;
	} else if (has_type(class, "static-length-blob")) {
		field->size = length;
	} else if (has_type(class, "static-length-array")) {
		field->size = element_size(class);
		if (__builtin_mul_overflow(field->size, length, &field->size))
			return false;
	} else if (follows_length(class, before)) {
		field->kind = FIELD_SEQUENCE;
		field->size = has_type(class, "dynamic-length-blob") ?
				      1 :
			      has_type(class, "dynamic-length-array") ?
				      element_size(class) :
				      0;
	}
	return field->size > 0;
}

static bool parse_member(struct json member, struct fields_layout *layout)
{
	struct field_layout *field = &layout->fields[layout->count];
	struct json name, class;

	if (layout->count == EVENT_LAYOUT_FIELDS ||
	    !json_member(member, "name", &name) ||
	    !json_string(name, field->name, sizeof(field->name)) ||
	    !json_member(member, "field-class", &class) ||
	    !parse_class(class, layout->count ? field - 1 : NULL, field))
		return false;
	layout->count++;
	return true;
}

/* The structure that is that member of a class; without it there are no
 * fields. */
static bool parse_fields(struct json owner, const char *name,
			 struct fields_layout *layout)
{
	struct json structure, left, member;

	*layout = (struct fields_layout){ .known = true };
	if (!json_member(owner, name, &structure))
		return true;
	if (!has_type(structure, "structure"))
		return false;
	if (!json_member(structure, "member-classes", &left))
		return true;
	if (!json_array(left, &left))
		return false;
	while (!json_ended(left))
		if (!json_next(&left, &member) || !parse_member(member, layout))
			return false;
	return true;
}

/* The class of the next member, or option, which has that name. */
static bool next_class(struct json *left, const char *name, struct json *class)
{
	struct json member, own;

	return json_next(left, &member) && json_member(member, "name", &own) &&
	       json_is(own, name) && json_member(member, "field-class", class);
}

static bool next_integer(struct json *left, const char *name, size_t size)
{
	struct json class;

	return next_class(left, name, &class) && integer_size(class) == size;
}

static bool open_members(struct json class, const char *name, struct json *left)
{
	return json_member(class, name, left) && json_array(*left, left);
}

/* Whether it is the header that event_size.c knows. */
static bool has_large_header(struct json stream)
{
	struct json header, left, variant, options, option, members;

	return json_member(stream, "event-record-header-field-class",
			   &header) &&
	       open_members(header, "member-classes", &left) &&
	       next_integer(&left, "id", 2) &&
	       next_class(&left, "v", &variant) && json_ended(left) &&
	       has_type(variant, "variant") &&
	       open_members(variant, "options", &options) &&
	       next_class(&options, "compact", &option) &&
	       open_members(option, "member-classes", &members) &&
	       next_integer(&members, "timestamp", 4) && json_ended(members) &&
	       next_class(&options, "extended", &option) &&
	       open_members(option, "member-classes", &members) &&
	       next_integer(&members, "id", 4) &&
	       next_integer(&members, "timestamp", 8) && json_ended(members) &&
	       json_ended(options);
}

static bool parse_stream(struct event_layouts *layouts, struct json class)
{
	struct stream_layout *stream;
	unsigned long id;

	if (!read_number(class, "id", &id, 0) || !has_large_header(class))
		return false;
	stream = event_layouts_make(layouts, id);
	return stream &&
	       parse_fields(class, "event-record-common-context-field-class",
			    &stream->context);
}

static bool parse_event(struct event_layouts *layouts, struct json class)
{
	struct stream_layout *stream;
	unsigned long id, stream_id;
	struct json ignored, name;

	if (!read_number(class, "id", &id, 0) ||
	    !read_number(class, "data-stream-class-id", &stream_id, 0) ||
	    id >= EVENT_LAYOUT_EVENTS ||
	    json_member(class, "specific-context-field-class", &ignored))
		return false;
	stream = event_layouts_make(layouts, stream_id);
	if (!stream ||
	    !parse_fields(class, "payload-field-class", &stream->events[id]))
		return false;
	if (json_member(class, "name", &name))
		json_string(name, stream->events[id].event, EVENT_LAYOUT_NAME);
	return true;
}

/* What is not there is 0. */
static void read_clock(struct event_layouts *layouts, struct json class)
{
	unsigned long frequency, seconds, cycles;
	struct json offset, name;
	char text[16];

	if (!read_number(class, "frequency", &frequency, 0) ||
	    frequency != 1000000000)
		return;
	if (json_member(class, "offset-from-origin", &offset) &&
	    read_number(offset, "seconds", &seconds, 0) &&
	    read_number(offset, "cycles", &cycles, 0))
		layouts->clock_offset = seconds * frequency + cycles;
	layouts->monotonic = json_member(class, "name", &name) &&
			     json_string(name, text, sizeof(text)) &&
			     strcmp(text, "monotonic") == 0;
}

static bool parse_record(struct event_layouts *layouts, struct json record)
{
	unsigned long version;

	if (has_type(record, "event-record-class"))
		return parse_event(layouts, record);
	if (has_type(record, "data-stream-class"))
		return parse_stream(layouts, record);
	if (has_type(record, "preamble"))
		return read_number(record, "version", &version, 0) &&
		       version == 2;
	if (has_type(record, "clock-class"))
		read_clock(layouts, record);
	return has_type(record, "trace-class") ||
	       has_type(record, "clock-class");
}

bool metadata_json_parse(struct event_layouts *layouts, const char *text)
{
	while (*text == RECORD_SEPARATOR) {
		struct json left = { text + 1, NULL }, record;

		text += 1 + strcspn(text + 1, "\x1e");
		left.end = text;
		if (!json_read(&left, &record) ||
		    !parse_record(layouts, record))
			return false;
	}
	return *text == '\0';
}
