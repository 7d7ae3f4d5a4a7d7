/* SPDX-License-Identifier: MIT */
/* See belonging.h. */
#include "awaitctl/report/belonging.h"

#include "awaitctl/tracedir/identity.h"

#include <string.h>

struct model_process *belonging_note(struct model *model,
				     struct model_process *process,
				     const struct trace_event *event)
{
	const char *recordings = event_string(event, FIELD_RECORDINGS);
	uint64_t began = event_number(event, FIELD_BEGAN);

	if (process->recordings && (process->executed != began ||
				    strcmp(process->recordings, recordings)))
		process = model_replace_process(model, process, event->time);
	process->executed = began;
	process->recordings = model_keep(model, recordings);
	process->name = model_keep(model, event_string(event, FIELD_NAME));
	process->ppid = (int64_t)event_number(event, FIELD_PPID);
	return process;
}

/* Whether one of the tags with colons between them is that. */
static bool has_tag(const char *recordings, const char *tag)
{
	size_t length;

	for (; *recordings;
	     recordings += length + (recordings[length] == ':')) {
		length = strcspn(recordings, ":");
		if (length == strlen(tag) && !strncmp(recordings, tag, length))
			return true;
	}
	return false;
}

/* No process has as many ancestors: the trace is damaged. */
enum { ANCESTORS_MAX = 1000 };

static enum belonging decide(struct model *model, struct model_process *process,
			     unsigned depth);

/* The parent may be a process of which another one has the number now: no
 * matter, as both would be the program's. */
static bool parent_belongs(struct model *model,
			   const struct model_process *process, unsigned depth)
{
	int64_t host = process->number & ~(int64_t)UINT32_MAX;
	struct model_process *parent =
		model_process_numbered(model, host | process->ppid);

	return parent && parent != process && parent->recordings &&
	       decide(model, parent, depth + 1) == BELONGS;
}

static enum belonging find_out(struct model *model,
			       struct model_process *process, unsigned depth)
{
	char tag[IDENTITY_TAG_LENGTH + 1];
	bool attached;

	if (model->all || !identity_parse(process->session, tag, &attached) ||
	    attached)
		return BELONGS;
	if (!process->recordings)
		return BELONGS_PERHAPS;
	if (has_tag(process->recordings, tag))
		return BELONGS;
	if (!*process->recordings && process->before &&
	    decide(model, process->before, depth + 1) == BELONGS)
		return BELONGS;
	return parent_belongs(model, process, depth) ? BELONGS : BELONGS_NOT;
}

/* A circle of parents, which only damage makes, belongs to nobody. */
static enum belonging decide(struct model *model, struct model_process *process,
			     unsigned depth)
{
	if (process->belonging == BELONGS_UNDECIDED && depth < ANCESTORS_MAX) {
		process->belonging = BELONGS_NOT;
		process->belonging = find_out(model, process, depth);
	}
	return process->belonging;
}

void belonging_decide(struct model *model)
{
	for (size_t i = 0; i < model->process_count; i++)
		decide(model, model->processes[i], 0);
}
