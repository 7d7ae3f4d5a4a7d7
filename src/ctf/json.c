/* SPDX-License-Identifier: MIT */
/* See json.h. */
#include "ctf/json.h"

#include <ctype.h>
#include <string.h>

static void skip_space(struct json *text)
{
	while (text->at < text->end && strchr(" \t\r\n", *text->at) &&
	       *text->at)
		text->at++;
}

static bool accept(struct json *text, char c)
{
	skip_space(text);
	if (text->at == text->end || *text->at != c)
		return false;
	text->at++;
	return true;
}

/* Behind a string that begins there. */
static bool skip_string(struct json *text)
{
	if (!accept(text, '"'))
		return false;
	for (; text->at < text->end; text->at++) {
		if (*text->at == '"') {
			text->at++;
			return true;
		}
		if (*text->at == '\\' && ++text->at == text->end)
			return false;
	}
	return false;
}

/* Behind an object or an array that begins there. */
static bool skip_nested(struct json *text)
{
	size_t depth = 0;

	while (text->at < text->end) {
		char c = *text->at;

		if (c == '"') {
			if (!skip_string(text))
				return false;
			continue;
		}
		text->at++;
		depth += (c == '{' || c == '[');
		depth -= (c == '}' || c == ']');
		if (depth == 0)
			return true;
	}
	return false;
}

/* Behind a number or a word that begins there. */
static bool skip_word(struct json *text)
{
	const char *from = text->at;

	while (text->at < text->end &&
	       (isalnum((unsigned char)*text->at) ||
		strchr("+-.", *text->at)) &&
	       *text->at)
		text->at++;
	return text->at > from;
}

bool json_read(struct json *text, struct json *value)
{
	bool read;

	skip_space(text);
	if (text->at == text->end)
		return false;
	value->at = text->at;
	if (*text->at == '"')
		read = skip_string(text);
	else if (*text->at == '{' || *text->at == '[')
		read = skip_nested(text);
	else
		read = skip_word(text);
	value->end = text->at;
	return read;
}

bool json_member(struct json object, const char *name, struct json *value)
{
	struct json key;

	if (!accept(&object, '{'))
		return false;
	do {
		if (!json_read(&object, &key) || !accept(&object, ':') ||
		    !json_read(&object, value))
			return false;
		if (json_is(key, name))
			return true;
	} while (accept(&object, ','));
	return false;
}

bool json_array(struct json value, struct json *left)
{
	*left = value;
	return accept(left, '[');
}

bool json_next(struct json *left, struct json *element)
{
	if (!json_read(left, element))
		return false;
	accept(left, ',');
	return true;
}

bool json_ended(struct json left)
{
	return accept(&left, ']');
}

bool json_is(struct json value, const char *string)
{
	size_t length = strlen(string);

	return (size_t)(value.end - value.at) == length + 2 &&
	       *value.at == '"' && memcmp(value.at + 1, string, length) == 0;
}

bool json_string(struct json value, char *to, size_t size)
{
	size_t length = (size_t)(value.end - value.at);

	if (length < 2 || *value.at != '"' || length - 2 >= size ||
	    memchr(value.at, '\\', length))
		return false;
	memcpy(to, value.at + 1, length - 2);
	to[length - 2] = '\0';
	return true;
}

bool json_number(struct json value, unsigned long *number)
{
	unsigned long sum = 0;

	for (const char *c = value.at; c < value.end; c++)
		if (!isdigit((unsigned char)*c) ||
		    __builtin_mul_overflow(sum, 10, &sum) ||
		    __builtin_add_overflow(sum, (unsigned long)(*c - '0'),
					   &sum))
			return false;
	*number = sum;
	return value.at < value.end;
}
