/* SPDX-License-Identifier: MIT */
/* See filter.h. */
#include "awaitctl/record/filter.h"

#include "lttng/channels_plan.h"
#include "awaitctl/common/say.h"

#include <ctype.h>
#include <string.h>

/* As the provider has them; a test holds this against the documentation. */
static const struct {
	const char *name;
	const char *fields; /* each between spaces */
} events[] = {
	{ "await:create", " id parent origin type function file line addr " },
	{ "await:exec_begin", " id parent type function attempt addr " },
	{ "await:exec_end", " id outcome error latency_ns addr " },
	{ "await:hit", " id waiter addr " },
	{ "await:block_begin", " id waiter owner addr " },
	{ "await:block_end", " id waiter state addr " },
	{ "await:cycle", " id waiter owner addr " },
	{ "await:resolve", " id parent outcome error addr " },
	{ "await:cancel", " id parent addr " },
	{ "await:destroy", " id state addr " },
	{ "await:create_stack", " id stack truncated addr " },
	{ "await:exec_stack", " id stack truncated addr " },
	{ "await:hit_stack", " id stack truncated addr " },
	{ "await:statedump_begin", " generation " },
	{ "await:statedump_live", " generation id state origin attempt error "
				  "type function file line " },
	{ "await:statedump_end", " generation count " },
};

enum { EVENTS = sizeof(events) / sizeof(events[0]) };
enum { PREFIX = sizeof("await:") - 1 };

/* Past a string or a character, from its first quote on. */
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

/* The next name of a field, or NULL; *after is where to go on. */
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
	const char *at = events[event].fields;

	while ((at = strchr(at, ' ')) && *++at)
		if (strncmp(at, name, length) == 0 && at[length] == ' ')
			return true;
	return false;
}

/* The first name in the text that is no field of the event's, up to *after; or
 * NULL. */
static const char *lacking(size_t event, const char *text, const char **after)
{
	const char *name;

	while ((name = next_field(text, after))) {
		if (!has_field(event, name, (size_t)(*after - name)))
			return name;
		text = *after;
	}
	return NULL;
}

static bool has_all(size_t event, const char *text)
{
	const char *after;

	return !lacking(event, text, &after);
}

int filter_parse(struct channels_options *options, const char *text)
{
	static const char *filtered[EVENTS + 1], *unfiltered[EVENTS + 1];
	size_t with = 0, without = 0;

	if (!*text)
		return misused("record: the filter is empty", "");

	for (size_t i = 0; i < EVENTS; i++)
		if (has_all(i, text))
			filtered[with++] = events[i].name;
		else
			unfiltered[without++] = events[i].name;
	filtered[with] = unfiltered[without] = NULL;
	options->filter = text;
	options->filtered = filtered;
	options->unfiltered = unfiltered;
	if (with)
		return 0;
	say("no event has all the fields of the filter %s; see the events in "
	    "docs/tracing.md",
	    text);
	return EXIT_FAILED;
}

/* EVENTS if there is none. */
static size_t find_event(const char *name, size_t length)
{
	size_t i = 0;

	while (i < EVENTS &&
	       (strncmp(events[i].name + PREFIX, name, length) != 0 ||
		events[i].name[PREFIX + length] != '\0'))
		i++;
	return length ? i : EVENTS;
}

/* What follows `if`; NULL if it is not there, or nothing after it. */
static const char *condition(const char *text)
{
	const char *start = text + strspn(text, " ");

	if (start == text || strncmp(start, "if", 2) != 0 ||
	    (start[2] != ' ' && start[2] != '('))
		return NULL;
	start += 2;
	start += strspn(start, " ");
	return *start ? start : NULL;
}

int filter_parse_trigger(struct trigger *trigger, const char *text)
{
	size_t length = strcspn(text, " "), event = find_event(text, length);
	const char *filter = NULL, *name, *after;

	if (text[length]) {
		filter = condition(text + length);
		if (!filter)
			return misused("record: --snapshot-on takes EVENT or "
				       "'EVENT if EXPR', not ",
				       text);
	}
	if (event == EVENTS) {
		say("record: --snapshot-on: there is no event %.*s; see the "
		    "events in docs/tracing.md",
		    (int)length, text);
		return EXIT_USAGE;
	}
	*trigger = (struct trigger){ events[event].name, filter };
	name = filter ? lacking(event, filter, &after) : NULL;
	if (!name)
		return 0;
	say("%.*s events have no field %.*s; see the events in docs/tracing.md",
	    (int)length, text, (int)(after - name), name);
	return EXIT_FAILED;
}
