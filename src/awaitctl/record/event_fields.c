/* SPDX-License-Identifier: MIT */
/* See event_fields.h. */
#include "awaitctl/record/event_fields.h"

#include "awaitctl/common/filter_tokens.h"

#include <string.h>

enum { PREFIX = sizeof("await:") - 1 };

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
	struct filter_token token;

	while (filter_token_next(&filter, &token)) {
		*length = token.length;
		if (token.kind == TOKEN_FIELD &&
		    !has_field(event, token.start, token.length))
			return token.start;
	}
	return NULL;
}
