/* SPDX-License-Identifier: MIT */
/* See event_size.h. */
#include "ctf/event_size.h"

#include "ctf/native_number.h"

#include <string.h>

/* What a field costs, as bytes do. */
enum { STEP_OF_FIELD = 16 };

static bool read_int(int *value, const struct field_layout *field,
		     const char *bytes)
{
	if (field->kind != FIELD_BYTES || field->size != sizeof(*value))
		return false;
	memcpy(value, bytes, sizeof(*value));
	return true;
}

/* Takes what is known of some contexts: Linux numbers namespaces with 32 bits,
 * and the last byte of a process's name is 0 even if there is one before. CTF
 * 1.8 has an underscore before each name. */
static void read_context(struct sized_event *event,
			 const struct field_layout *field, const char *bytes,
			 size_t at, uint64_t value)
{
	const char *own = field->name + (field->name[0] == '_');

	if (strcmp(own, "vpid") == 0)
		read_int(&event->pid, field, bytes);
	else if (strcmp(own, "vtid") == 0 &&
		 read_int(&event->thread, field, bytes))
		event->thread_at = at;
	else if (strcmp(own, "pid_ns") == 0 && value > UINT32_MAX)
		event->is_accident = true;
	else if (strcmp(own, "procname") == 0 && field->kind == FIELD_CHARS &&
		 bytes[field->size - 1])
		event->is_accident = true;
}

/* Whether it begins with a name that ends with a 0: at least one character, and
 * no control characters. */
static bool is_name(const char *bytes, size_t size)
{
	size_t length = strnlen(bytes, size);

	for (size_t i = 0; i < length; i++)
		if ((unsigned char)bytes[i] < ' ')
			return false;
	return length > 0 && length < size;
}

/* The size of a field, or more than left if it does not fit or its text is
 * none. last is the value of the field before. */
static size_t field_size(const struct field_layout *field, const char *bytes,
			 size_t left, uint64_t last, size_t *looked)
{
	const size_t none = left + 1;
	size_t length;

	switch (field->kind) {
	case FIELD_STRING:
		length = strnlen(bytes, left);
		*looked += length;
		return length == 0 || is_name(bytes, left) ? length + 1 : none;
	case FIELD_SEQUENCE:
		return last <= left / field->size ? last * field->size : none;
	case FIELD_CHARS:
		if (field->size > left || !is_name(bytes, field->size))
			return none;
		return field->size;
	case FIELD_BYTES:
		break;
	}
	return field->size;
}

/* Steps over the fields that begin at *at. False if they do not fit. */
static bool skip_fields(const struct fields_layout *layout, bool is_context,
			const char *bytes, size_t *at, size_t left,
			struct sized_event *event)
{
	uint64_t last = 0;

	for (size_t i = 0; i < layout->count; i++) {
		const struct field_layout *field = &layout->fields[i];
		const char *begin = bytes + *at;
		size_t size = field_size(field, begin, left - *at, last,
					 &event->looked);

		event->looked += STEP_OF_FIELD;
		if (size > left - *at)
			return false;
		last = 0;
		if (size <= sizeof(last))
			last = native_number(begin, size);
		if (is_context)
			read_context(event, field, begin, *at, last);
		*at += size;
	}
	return true;
}

/* An event_header_large: with the low half of the time, or followed by a longer
 * one with all of it. */
struct compact_header {
	uint16_t id;
	uint32_t time;
} __attribute__((packed));

struct extended_header {
	uint32_t id;
	uint64_t time;
} __attribute__((packed));

/* Returns the size of the header, or 0 if it does not fit. */
static size_t read_header(const char *bytes, size_t left, uint64_t before,
			  uint32_t *id, uint64_t *time)
{
	struct compact_header compact;
	struct extended_header extended;

	if (left < sizeof(compact))
		return 0;
	memcpy(&compact, bytes, sizeof(compact));
	*id = compact.id;
	*time = before + (uint32_t)(compact.time - (uint32_t)before);
	if (compact.id != UINT16_MAX)
		return sizeof(compact);
	if (left < sizeof(compact.id) + sizeof(extended))
		return 0;
	memcpy(&extended, bytes + sizeof(compact.id), sizeof(extended));
	*id = extended.id;
	*time = extended.time;
	return sizeof(compact.id) + sizeof(extended);
}

bool event_size_measure(const struct stream_layout *stream, const char *bytes,
			size_t left, uint64_t before, struct sized_event *event)
{
	const struct fields_layout *fields;
	size_t at;
	uint32_t id;

	*event = (struct sized_event){ 0 };
	at = read_header(bytes, left, before, &id, &event->time);
	fields = at ? stream_layout_event(stream, id) : NULL;
	if (!fields || event->time < before)
		return false;
	event->has_whole_time = at != sizeof(struct compact_header);
	if (!skip_fields(stream_layout_context(stream), true, bytes, &at, left,
			 event) ||
	    !skip_fields(fields, false, bytes, &at, left, event))
		return false;
	event->size = at;
	return true;
}

size_t event_size_least(const struct stream_layout *stream)
{
	const struct fields_layout *context = stream_layout_context(stream);
	size_t size = sizeof(struct compact_header);

	for (size_t i = 0; i < context->count; i++) {
		const struct field_layout *field = &context->fields[i];

		if (field->kind == FIELD_STRING)
			size++;
		else if (field->kind != FIELD_SEQUENCE)
			size += field->size;
	}
	return size;
}
