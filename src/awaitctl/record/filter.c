/* SPDX-License-Identifier: MIT */
/* See filter.h. */
#include "awaitctl/record/filter.h"

#include "awaitctl/common/say.h"
#include "awaitctl/common/usage.h"
#include "awaitctl/record/event_fields.h"
#include "lttng/channels_plan.h"

#include <string.h>

int filter_parse(struct channels_options *options, const char *text)
{
	static const char *filtered[PROVIDER_EVENTS + 1];
	size_t count = 0, length;

	if (!*text)
		return misused("record: the filter is empty", "");
	for (size_t i = 0; i < PROVIDER_EVENTS; i++)
		if (!provider_event_is_process(provider_events[i].name) &&
		    !event_fields_lacking(i, text, &length))
			filtered[count++] = provider_events[i].name;
	filtered[count] = NULL;
	options->filter = text;
	options->filtered = filtered;
	if (count)
		return 0;
	say("no event has all the fields of the filter %s; see the events in "
	    "docs/tracing.md",
	    text);
	return EXIT_FAILED;
}

/* Returns what follows `if`, or NULL without an `if` or with nothing after it.
 */
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
	size_t length = strcspn(text, " "), name_length;
	size_t event = event_fields_find(text, length);
	const char *filter = NULL, *name;

	if (text[length]) {
		filter = condition(text + length);
		if (!filter)
			return misused("record: --snapshot-on takes EVENT or "
				       "'EVENT if EXPR', not ",
				       text);
	}
	if (event == PROVIDER_EVENTS) {
		say("record: --snapshot-on: there is no event %.*s; see the "
		    "events in docs/tracing.md",
		    (int)length, text);
		return EXIT_USAGE;
	}
	*trigger = (struct trigger){ provider_events[event].name, filter };
	if (!filter)
		return 0;
	name = event_fields_lacking(event, filter, &name_length);
	if (!name)
		return 0;
	say("%.*s events have no field %.*s; see the events in docs/tracing.md",
	    (int)length, text, (int)name_length, name);
	return EXIT_FAILED;
}
