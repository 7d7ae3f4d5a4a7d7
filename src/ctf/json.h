/* SPDX-License-Identifier: MIT */
/*
 * Looks values up in a text of JSON (RFC 8259), where they are. The text may
 * come from anywhere: what cannot be read is not found.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* A value: from its first character to the one behind its last. Or what is
 * left of a text, or of an array. */
struct json {
	const char *at, *end;
};

/* The value that the text begins with, which becomes what is behind it. */
bool json_read(struct json *text, struct json *value);

/* The member of an object. */
bool json_member(struct json object, const char *name, struct json *value);

/* Begins to step through an array: each call of json_next() is false, or gives
 * the next element of what is left. json_ended() is whether all were. */
bool json_array(struct json value, struct json *left);
bool json_next(struct json *left, struct json *element);
bool json_ended(struct json left);

/* Whether it is a string, that one. */
bool json_is(struct json value, const char *string);

/* Copies a string that has no escapes and is shorter than size. */
bool json_string(struct json value, char *to, size_t size);

/* A whole number that is not negative. */
bool json_number(struct json value, unsigned long *number);
