/* SPDX-License-Identifier: MIT */
/* See event_fields.h. */
#include "awaitctl/record/event_fields.h"

#include <ctype.h>
#include <string.h>

enum { PREFIX = sizeof("await:") - 1 };

/* Returns what follows a string or a character; text is at its first quote. */
static const char *skip_quoted(const char *text)
{
	char quote = *text++;

	while (*text && *text != quote)
		text += text[0] == '\\' && text[1] ? 2 : 1;
	return *text ? text + 1 : text;
}

static const char *skip_word(const char *text)
{
	while (isalnum((unsigned char)*text) || *text == '_')
		text++;
	return text;
}

/* $ctx.vpid, $app.provider:name */
static const char *skip_context(const char *text)
{
	while (*text &&
	       (isalnum((unsigned char)*text) || strchr("$_.:", *text)))
		text++;
	return text;
}

/* The next name of a field in an expression, and sets *after to what follows
 * it; or NULL. */
static const char *next_field(const char *text, const char **after)
{
	while (*text) {
		if (*text == '"' || *text == '\'') {
			text = skip_quoted(text);
		} else if (*text == '$') {
			text = skip_context(text);
		} else if (isdigit((unsigned char)*text)) {
			text = skip_word(text);
		} else if (isalpha((unsigned char)*text) || *text == '_') {
			*after = skip_word(text);
			return text;
		} else {
			text++;
		}
	}
	return NULL;
}

static bool has_field(size_t event, const char *name, size_t length)
{
	const char *at = provider_events[event].fields;

	while ((at = strchr(at, ' ')) && *++at)
		if (strncmp(at, name, length) == 0 && at[length] == ' ')
			return true;
	return false;
}

size_t event_fields_find(const char *name, size_t length)
{
	size_t i = 0;

	while (i < PROVIDER_EVENTS &&
	       (strncmp(provider_events[i].name + PREFIX, name, length) != 0 ||
		provider_events[i].name[PREFIX + length] != '\0'))
		i++;
	return length ? i : PROVIDER_EVENTS;
}

const char *event_fields_lacking(size_t event, const char *filter,
				 size_t *length)
{
	const char *name, *after;

	while ((name = next_field(filter, &after))) {
		*length = (size_t)(after - name);
		if (!has_field(event, name, *length))
			return name;
		filter = after;
	}
	return NULL;
}
