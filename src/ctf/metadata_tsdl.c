/* SPDX-License-Identifier: MIT */
/*
 * See metadata_layout.h. The metadata is CTF 1.8's language as one program
 * writes it: the same few words in the same order. A field is a number of
 * bytes, a string, or an array whose length is a number or the field before it.
 * Up to LTTng 2.14 the header of events is a type with a name; from 2.15 on it
 * is written out.
 */
#define _GNU_SOURCE
#include "ctf/event_layouts.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A place in the text; NULL once something was not understood. */
struct parser {
	const char *at;
};

static void skip_space(struct parser *parser)
{
	while (parser->at && isspace((unsigned char)*parser->at))
		parser->at++;
}

/* Words, with any space between them. */
static bool accept(struct parser *parser, const char *words)
{
	struct parser behind = *parser;

	for (skip_space(&behind); behind.at && *words; words++) {
		if (*words == ' ')
			skip_space(&behind);
		else if (*behind.at++ != *words)
			return false;
	}
	if (!behind.at)
		return false;
	*parser = behind;
	return true;
}

static void expect(struct parser *parser, const char *word)
{
	if (!accept(parser, word))
		parser->at = NULL;
}

static void parse_name(struct parser *parser, char name[EVENT_LAYOUT_NAME])
{
	size_t length = 0;

	skip_space(parser);
	while (parser->at && (isalnum((unsigned char)parser->at[length]) ||
			      parser->at[length] == '_'))
		length++;
	if (length == 0 || length >= EVENT_LAYOUT_NAME) {
		parser->at = NULL;
		return;
	}
	memcpy(name, parser->at, length);
	name[length] = '\0';
	parser->at += length;
}

static unsigned long parse_number(struct parser *parser)
{
	unsigned long number = 0;
	char *end;

	skip_space(parser);
	if (!parser->at)
		return 0;
	number = strtoul(parser->at, &end, 10);
	parser->at = end == parser->at ? NULL : end;
	return number;
}

/* The text after the first `word` in a block; NULL if it is not there. */
static const char *find_after(const char *from, const char *to,
			      const char *word)
{
	const char *found =
		memmem(from, (size_t)(to - from), word, strlen(word));

	return found ? found + strlen(word) : NULL;
}

/* The number in `word = number` in a block, or the default. */
static unsigned long find_attribute(const char *from, const char *to,
				    const char *word, unsigned long otherwise)
{
	struct parser parser = { find_after(from, to, word) };

	if (!parser.at)
		return otherwise;
	expect(&parser, "=");
	return parse_number(&parser);
}

static void skip_block(struct parser *parser)
{
	int depth;

	expect(parser, "{");
	for (depth = 1; parser->at && depth > 0; parser->at++) {
		if (*parser->at == '\0') {
			parser->at = NULL;
			return;
		}
		depth += (*parser->at == '{') - (*parser->at == '}');
	}
}

/* The size of an integer in bytes; bit fields are refused. */
static size_t parse_integer(struct parser *parser, bool *is_text)
{
	const char *from;
	unsigned long size, align;

	expect(parser, "integer");
	from = parser->at;
	skip_block(parser);
	if (!parser->at)
		return 0;
	size = find_attribute(from, parser->at, "size", 0);
	align = find_attribute(from, parser->at, "align", 8);
	*is_text = find_after(from, parser->at, "UTF8");
	if (size == 0 || size % 8 || align > 8)
		parser->at = NULL;
	return size / 8;
}

static void parse_type(struct parser *parser, struct field_layout *field)
{
	bool is_text = false;

	field->kind = FIELD_BYTES;
	if (accept(parser, "string")) {
		field->kind = FIELD_STRING;
		skip_space(parser);
		if (parser->at && *parser->at == '{')
			skip_block(parser);
	} else if (accept(parser, "enum")) {
		expect(parser, ":");
		field->size = parse_integer(parser, &is_text);
		skip_block(parser);
	} else {
		field->size = parse_integer(parser, &is_text);
		field->kind = is_text ? FIELD_CHARS : FIELD_BYTES;
	}
}

/* `[17]`, or `[ name ]` of the field before, if there is one. */
static void parse_dimension(struct parser *parser,
			    const struct fields_layout *layout,
			    struct field_layout *field)
{
	const struct field_layout *before = layout->count ? field - 1 : NULL;
	char length[EVENT_LAYOUT_NAME];

	if (!accept(parser, "["))
		return;
	if (field->kind == FIELD_STRING) {
		parser->at = NULL;
		return;
	}
	skip_space(parser);
	if (isdigit((unsigned char)*parser->at)) {
		if (__builtin_mul_overflow(field->size, parse_number(parser),
					   &field->size))
			parser->at = NULL;
	} else {
		parse_name(parser, length);
		if (!before || !parser->at || before->kind != FIELD_BYTES ||
		    strcmp(before->name, length) != 0)
			parser->at = NULL;
		field->kind = FIELD_SEQUENCE;
	}
	expect(parser, "]");
}

static bool parse_fields(const char *text, struct fields_layout *layout)
{
	struct parser parser = { text };

	*layout = (struct fields_layout){ 0 };
	expect(&parser, "struct");
	expect(&parser, "{");
	while (parser.at && !accept(&parser, "}")) {
		struct field_layout *field = &layout->fields[layout->count];

		if (layout->count == EVENT_LAYOUT_FIELDS)
			return false;
		parse_type(&parser, field);
		parse_name(&parser, field->name);
		parse_dimension(&parser, layout, field);
		expect(&parser, ";");
		layout->count++;
	}
	layout->known = parser.at;
	return layout->known;
}

static void expect_integer(struct parser *parser, size_t size, const char *name)
{
	bool is_text = false;

	if (parse_integer(parser, &is_text) != size || is_text)
		parser->at = NULL;
	expect(parser, name);
}

/* Whether it is the header that event_size.c knows. */
static bool is_large_header(const char *text)
{
	struct parser parser = { text };

	expect(&parser, "struct");
	if (accept(&parser, "event_header_large;"))
		return true;
	expect(&parser, "{");
	expect(&parser, "enum");
	expect(&parser, ":");
	expect_integer(&parser, 2, "{");
	while (parser.at && *parser.at != '}' && *parser.at)
		parser.at++;
	expect(&parser, "} id; variant <id> {");
	expect(&parser, "struct {");
	expect_integer(&parser, 4, "timestamp;");
	expect(&parser, "} compact; struct {");
	expect_integer(&parser, 4, "id;");
	expect_integer(&parser, 8, "timestamp;");
	expect(&parser, "} extended; } v; };");
	return parser.at;
}

/* Leaves it empty if it is not there, or too long. */
static void find_event_name(const char *from, const char *to,
			    char name[EVENT_LAYOUT_NAME])
{
	struct parser parser = { find_after(from, to, "\tname") };
	size_t length;

	if (parser.at)
		expect(&parser, "= \"");
	length = parser.at ? strcspn(parser.at, "\"\\\n") : 0;
	if (length > 0 && length < EVENT_LAYOUT_NAME)
		snprintf(name, EVENT_LAYOUT_NAME, "%.*s", (int)length,
			 parser.at);
}

static bool parse_event(struct event_layouts *layouts, const char *from,
			const char *to)
{
	unsigned long id =
		find_attribute(from, to, "\tid", EVENT_LAYOUT_EVENTS);
	struct stream_layout *stream = event_layouts_make(
		layouts, find_attribute(from, to, "\tstream_id", 0));
	const char *fields = find_after(from, to, "fields :=");

	if (!stream || id >= EVENT_LAYOUT_EVENTS)
		return false;
	if (!parse_fields(fields, &stream->events[id]))
		return false;
	find_event_name(from, to, stream->events[id].event);
	return true;
}

static bool parse_stream(struct event_layouts *layouts, const char *from,
			 const char *to)
{
	struct stream_layout *stream = event_layouts_make(
		layouts,
		find_attribute(from, to, "\tid", EVENT_LAYOUT_STREAMS));
	const char *header = find_after(from, to, "event.header :=");
	const char *fields = find_after(from, to, "event.context :=");

	if (!stream || !is_large_header(header))
		return false;
	return !fields || parse_fields(fields, &stream->context);
}

static void read_clock(struct event_layouts *layouts, const char *clock)
{
	struct parser parser = { strchr(clock, '{') };
	const char *from = parser.at;

	skip_block(&parser);
	if (!parser.at ||
	    find_attribute(from, parser.at, "\tfreq", 0) != 1000000000)
		return;
	layouts->clock_offset = find_attribute(from, parser.at, "\toffset", 0);
	layouts->monotonic =
		find_after(from, parser.at, "\tname = \"monotonic\";") != NULL;
}

/* Only blocks of events and of streams matter, and the clock. */
bool metadata_tsdl_parse(struct event_layouts *layouts, const char *text)
{
	static const char event[] = "\nevent {", stream[] = "\nstream {";
	const char *clock = strstr(text, "\nclock {");

	if (clock)
		read_clock(layouts, clock);
	while ((text = strchr(text, '\n'))) {
		bool is_event = !strncmp(text, event, strlen(event));
		struct parser parser = { text };

		if (!is_event && strncmp(text, stream, strlen(stream)) != 0) {
			text++;
			continue;
		}
		parser.at = strchr(text, '{');
		skip_block(&parser);
		if (!parser.at || !(is_event ? parse_event : parse_stream)(
					  layouts, text, parser.at))
			return false;
		text = parser.at;
	}
	return true;
}
