/* SPDX-License-Identifier: MIT */
/*
 * See event_size.h. The text is that of a program: the same few words in the
 * same order, described in CTF 1.8. A field is a number of bytes, a string, or
 * an array with a number of elements that is the field before it.
 */
#define _GNU_SOURCE
#include "ctf/event_size.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STREAMS = 16, EVENTS = 256, FIELDS = 32, NAME = 64 };

struct field {
	enum { BYTES, TEXT, STRING, ARRAY } kind;
	size_t size;	 /* bytes; or of an element */
	char name[NAME]; /* of bytes */
};

struct fields {
	struct field all[FIELDS];
	size_t count;
	bool known;
};

struct stream {
	struct fields context;
	struct fields events[EVENTS];
};

struct lengths {
	struct stream *streams[STREAMS];
};

/* Where in the text; NULL once it was not understood. */
struct text {
	const char *at;
};

static void skip_space(struct text *text)
{
	while (text->at && isspace((unsigned char)*text->at))
		text->at++;
}

static bool take(struct text *text, const char *word)
{
	size_t length = strlen(word);

	skip_space(text);
	if (!text->at || strncmp(text->at, word, length) != 0)
		return false;
	text->at += length;
	return true;
}

static void need(struct text *text, const char *word)
{
	if (!take(text, word))
		text->at = NULL;
}

static void take_name(struct text *text, char name[NAME])
{
	size_t length = 0;

	skip_space(text);
	while (text->at && (isalnum((unsigned char)text->at[length]) ||
			    text->at[length] == '_'))
		length++;
	if (length == 0 || length >= NAME) {
		text->at = NULL;
		return;
	}
	memcpy(name, text->at, length);
	name[length] = '\0';
	text->at += length;
}

static unsigned long take_number(struct text *text)
{
	unsigned long number = 0;
	char *end;

	skip_space(text);
	if (!text->at)
		return 0;
	number = strtoul(text->at, &end, 10);
	text->at = end == text->at ? NULL : end;
	return number;
}

/* What stands behind `word = ` in a block, or the default. */
static unsigned long attribute(const char *from, const char *to,
			       const char *word, unsigned long otherwise)
{
	const char *found =
		memmem(from, (size_t)(to - from), word, strlen(word));
	struct text text = { found ? found + strlen(word) : NULL };

	if (!found)
		return otherwise;
	need(&text, "=");
	return take_number(&text);
}

/* Past a block in braces. */
static void pass_block(struct text *text)
{
	int depth = 0;

	need(text, "{");
	for (depth = 1; text->at && depth > 0; text->at++) {
		if (*text->at == '\0') {
			text->at = NULL;
			return;
		}
		depth += (*text->at == '{') - (*text->at == '}');
	}
}

/* The size of an integer in bytes; one that is no bytes is not understood. */
static size_t take_integer(struct text *text, bool *is_text)
{
	const char *from;
	unsigned long size, align;

	need(text, "integer");
	from = text->at;
	pass_block(text);
	if (!text->at)
		return 0;
	size = attribute(from, text->at, "size", 0);
	align = attribute(from, text->at, "align", 8);
	*is_text = memmem(from, (size_t)(text->at - from), "UTF8", 4);
	if (size == 0 || size % 8 || align > 8)
		text->at = NULL;
	return size / 8;
}

static void take_type(struct text *text, struct field *field)
{
	bool is_text = false;

	field->kind = BYTES;
	if (take(text, "string")) {
		field->kind = STRING;
		skip_space(text);
		if (text->at && *text->at == '{')
			pass_block(text);
	} else if (take(text, "enum")) {
		need(text, ":");
		field->size = take_integer(text, &is_text);
		pass_block(text);
	} else {
		field->size = take_integer(text, &is_text);
		field->kind = is_text ? TEXT : BYTES;
	}
}

/* `[17]`, or `[ name ]` of the field before. */
static void take_dimension(struct text *text, const struct fields *fields,
			   struct field *field)
{
	char count[NAME];

	if (!text->at || !take(text, "["))
		return;
	skip_space(text);
	if (text->at && isdigit((unsigned char)*text->at)) {
		field->size *= take_number(text);
	} else {
		take_name(text, count);
		if (fields->count == 0 || !text->at ||
		    strcmp(fields->all[fields->count - 1].name, count) != 0)
			text->at = NULL;
		field->kind = ARRAY;
	}
	need(text, "]");
}

static void take_fields(struct text *text, struct fields *fields)
{
	*fields = (struct fields){ 0 };
	need(text, "struct");
	need(text, "{");
	while (text->at && !take(text, "}")) {
		struct field *field = &fields->all[fields->count];

		if (fields->count == FIELDS) {
			text->at = NULL;
			return;
		}
		*field = (struct field){ 0 };
		take_type(text, field);
		take_name(text, field->name);
		take_dimension(text, fields, field);
		need(text, ";");
		fields->count++;
	}
	fields->known = text->at;
}

static struct stream *stream_of(struct lengths *lengths, unsigned long id)
{
	if (id >= STREAMS)
		return NULL;
	if (!lengths->streams[id])
		lengths->streams[id] = calloc(1, sizeof(struct stream));
	return lengths->streams[id];
}

static bool take_event(struct lengths *lengths, const char *from,
		       const char *to)
{
	static const char before[] = "fields :=";
	unsigned long id = attribute(from, to, "\tid", EVENTS);
	struct stream *stream =
		stream_of(lengths, attribute(from, to, "\tstream_id", 0));
	const char *found =
		memmem(from, (size_t)(to - from), before, strlen(before));
	struct text text = { found ? found + strlen(before) : NULL };

	if (!found || !stream || id >= EVENTS)
		return false;
	take_fields(&text, &stream->events[id]);
	return text.at;
}

static bool take_stream(struct lengths *lengths, const char *from,
			const char *to)
{
	static const char before[] = "event.context :=";
	struct stream *stream =
		stream_of(lengths, attribute(from, to, "\tid", STREAMS));
	const char *found =
		memmem(from, (size_t)(to - from), before, strlen(before));
	struct text text = { found ? found + strlen(before) : NULL };

	if (!stream ||
	    !memmem(from, (size_t)(to - from), "event_header_large", 18))
		return false;
	if (!found)
		return true;
	take_fields(&text, &stream->context);
	return text.at;
}

/* Only these two kinds of blocks matter. */
static bool take_all(struct lengths *lengths, const char *from)
{
	static const char event[] = "\nevent {", stream[] = "\nstream {";

	while ((from = strchr(from, '\n'))) {
		bool is_event = !strncmp(from, event, strlen(event));
		struct text text = { strchr(from, '{') };

		if (!is_event && strncmp(from, stream, strlen(stream)) != 0) {
			from++;
			continue;
		}
		pass_block(&text);
		if (!text.at || !(is_event ? take_event : take_stream)(
					lengths, from, text.at))
			return false;
		from = text.at;
	}
	return true;
}

static char *read_text(const char *path)
{
	enum { MOST = 1 << 24 };
	FILE *file = fopen(path, "re");
	char *text = malloc(MOST);
	size_t length;

	if (text) {
		length = file ? fread(text, 1, MOST - 1, file) : 0;
		text[length] = '\0';
	}
	if (file)
		fclose(file);
	return text;
}

struct lengths *lengths_read(const char *path)
{
	struct lengths *lengths = calloc(1, sizeof(*lengths));
	char *text = read_text(path);
	bool understood = lengths && text && take_all(lengths, text);

	free(text);
	if (understood)
		return lengths;
	lengths_free(lengths);
	return NULL;
}

void lengths_free(struct lengths *lengths)
{
	for (size_t i = 0; lengths && i < STREAMS; i++)
		free(lengths->streams[i]);
	free(lengths);
}

static int number(const struct field *field, const char *name,
		  const char *bytes)
{
	int value = 0;

	if (field->size == sizeof(value) && !strcmp(field->name, name))
		memcpy(&value, bytes, sizeof(value));
	return value;
}

/* A name, up to a byte of 0. */
static bool is_name(const char *bytes, size_t size)
{
	size_t length = strnlen(bytes, size);

	for (size_t i = 0; i < length; i++)
		if ((unsigned char)bytes[i] < ' ')
			return false;
	return length > 0 && length < size;
}

/* Past the fields that begin at at; 0 if they do not fit. */
static size_t pass(const struct fields *fields, const char *bytes, size_t at,
		   size_t left, struct lengths_event *event)
{
	uint64_t last = 0;

	for (size_t i = 0; i < fields->count; i++) {
		const struct field *field = &fields->all[i];
		size_t size = field->size;

		if (field->kind == STRING) {
			size = strnlen(bytes + at, left - at) + 1;
			if (size > 1 && !is_name(bytes + at, left - at))
				return 0;
		} else if (field->kind == ARRAY) {
			if (last > left / size)
				return 0;
			size *= last;
		}
		if (size > left - at ||
		    (field->kind == TEXT && !is_name(bytes + at, size)))
			return 0;
		last = 0;
		if (size <= sizeof(last))
			memcpy(&last, bytes + at, size);
		event->pid += number(field, "_vpid", bytes + at);
		event->thread += number(field, "_vtid", bytes + at);
		at += size;
	}
	return at;
}

/* event_header_large: the low half of the time, or a longer one with all. */
static size_t pass_head(const char *bytes, size_t left, uint64_t before,
			uint32_t *id, uint64_t *time)
{
	struct {
		uint16_t id;
		uint32_t time;
	} __attribute__((packed)) head;
	struct {
		uint32_t id;
		uint64_t time;
	} __attribute__((packed)) more;

	if (left < sizeof(head))
		return 0;
	memcpy(&head, bytes, sizeof(head));
	*id = head.id;
	*time = before + (uint32_t)(head.time - (uint32_t)before);
	if (head.id != UINT16_MAX)
		return sizeof(head);
	if (left < sizeof(head.id) + sizeof(more))
		return 0;
	memcpy(&more, bytes + sizeof(head.id), sizeof(more));
	*id = more.id;
	*time = more.time;
	return sizeof(head.id) + sizeof(more);
}

bool lengths_measure(const struct lengths *lengths, uint32_t stream,
		     const char *bytes, size_t left, uint64_t before,
		     struct lengths_event *event)
{
	const struct stream *of =
		stream < STREAMS ? lengths->streams[stream] : NULL;
	size_t at;
	uint32_t id;

	*event = (struct lengths_event){ 0 };
	at = pass_head(bytes, left, before, &id, &event->time);
	if (!at || !of || id >= EVENTS || !of->events[id].known ||
	    event->time < before)
		return false;
	at = pass(&of->context, bytes, at, left, event);
	if (at)
		at = pass(&of->events[id], bytes, at, left, event);
	event->size = at;
	return at;
}
