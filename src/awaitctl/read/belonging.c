/* SPDX-License-Identifier: MIT */
/* See belonging.h. */
#include "awaitctl/read/belonging.h"

#include "awaitctl/tracedir/identity.h"
#include "lives/processes.h"

#include <string.h>

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

static enum belonging decide(const struct lives *lives,
			     struct lives_process *process, unsigned depth);

/* The parent may be a process of which another one has the number now: no
 * matter, as both would be the program's. */
static bool parent_belongs(const struct lives *lives,
			   const struct lives_process *process, unsigned depth)
{
	struct lives_process *parent = processes_parent(lives, process);

	return parent && parent != process && parent->recordings &&
	       decide(lives, parent, depth + 1) == BELONGS;
}

static enum belonging find_out(const struct lives *lives,
			       struct lives_process *process, unsigned depth)
{
	char tag[IDENTITY_TAG_LENGTH + 1];
	bool attached;

	if (!identity_parse(process->session, tag, &attached) || attached)
		return BELONGS;
	if (!process->recordings)
		return BELONGS_PERHAPS;
	if (has_tag(process->recordings, tag))
		return BELONGS;
	if (!*process->recordings && process->before &&
	    decide(lives, process->before, depth + 1) == BELONGS)
		return BELONGS;
	return parent_belongs(lives, process, depth) ? BELONGS : BELONGS_NOT;
}

/* A circle of parents, which only damage makes, belongs to nobody. */
static enum belonging decide(const struct lives *lives,
			     struct lives_process *process, unsigned depth)
{
	if (process->belonging == BELONGS_UNDECIDED && depth < ANCESTORS_MAX) {
		process->belonging = BELONGS_NOT;
		process->belonging = find_out(lives, process, depth);
	}
	return process->belonging;
}

void belonging_decide(struct lives *lives, bool all)
{
	for (size_t i = 0; i < lives->process_count; i++)
		if (all)
			lives->processes[i]->belonging = BELONGS;
		else
			decide(lives, lives->processes[i], 0);
}
