/* SPDX-License-Identifier: MIT */
/* See filter.h. */
#include "awaitctl/record/filter.h"

#include "awaitctl/common/say.h"
#include "awaitctl/common/usage.h"
#include "awaitctl/record/event_fields.h"
#include "awaitctl/record/filter_labels.h"
#include "lttng/channels_plan.h"

#include <stdlib.h>
#include <string.h>

/* Until another takes its place. */
static const char *keep(char **kept, char *text)
{
	free(*kept);
	*kept = text;
	return text;
}

int filter_parse(struct channels_options *options, const char *text)
{
	static const char *filtered[PROVIDER_EVENTS + 1];
	static char *kept;
	size_t count = 0, length;
	char *replaced;
	int status;

	if (!*text)
		return misused("record: the filter is empty", "");
	status = filter_labels_replace(&replaced, text);
	if (status)
		return status;
	for (size_t i = 0; i < PROVIDER_EVENTS; i++)
		if (!provider_event_is_process(provider_events[i].name) &&
		    !event_fields_lacking(i, text, &length))
			filtered[count++] = provider_events[i].name;
	filtered[count] = NULL;
	options->filter = keep(&kept, replaced);
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

/* Of the trigger's event, which has that index. */
static int take_condition(struct trigger *trigger, size_t event,
			  const char *filter)
{
	const char *bare = strchr(trigger->event, ':') + 1, *name;
	static char *kept;
	size_t length;
	char *replaced;
	int status;

	name = event_fields_lacking(event, filter, &length);
	if (name) {
		say("%s events have no field %.*s; see the events in "
		    "docs/tracing.md",
		    bare, (int)length, name);
		return EXIT_FAILED;
	}
	status = filter_labels_replace(&replaced, filter);
	trigger->filter = keep(&kept, replaced);
	return status;
}

int filter_parse_trigger(struct trigger *trigger, const char *text)
{
	size_t length = strcspn(text, " ");
	size_t event = event_fields_find(text, length);
	const char *filter = NULL;

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
	*trigger = (struct trigger){ .event = provider_events[event].name };
	return filter ? take_condition(trigger, event, filter) : 0;
}
