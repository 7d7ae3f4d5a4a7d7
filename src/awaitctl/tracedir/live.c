/* SPDX-License-Identifier: MIT */
/* See live.h. */
#include "awaitctl/tracedir/live.h"

#include "awaitctl/tracedir/identity.h"
#include "awaitctl/tracedir/tree.h"

#include <stdio.h>
#include <string.h>

struct search {
	char below[PATH_MAX]; /* of ours, or empty */
	struct identity identity;
	char *names; /* of others */
	size_t size, count;
};

/* Whether it is HOSTNAME/SESSION, as relay daemons write it. */
static bool is_session(const struct tree_entry *entry)
{
	const char *host = *entry->below ? entry->below + 1 : "";
	const char *slash = strchr(host, '/');

	return entry->type == TREE_DIRECTORY && slash &&
	       !strchr(slash + 1, '/');
}

static int visit(const struct tree_entry *entry, void *data,
		 struct trouble *why)
{
	struct search *search = data;
	size_t length;

	(void)why;
	if (!is_session(entry))
		return 0;
	if (strcmp(entry->name, search->identity.text) == 0) {
		snprintf(search->below, sizeof(search->below), "%s",
			 entry->below);
		return 0;
	}
	length = search->size ? strlen(search->names) : 0;
	if (search->size)
		snprintf(search->names + length, search->size - length, "%s%s",
			 length ? ", " : "", entry->below + 1);
	search->count++;
	return 0;
}

static bool search_in(struct search *search, const struct folder *output)
{
	struct trouble ignored;

	return identity_read(&search->identity, output) &&
	       tree_walk(output, "", visit, search, &ignored) == 0 &&
	       *search->below;
}

bool live_find(const struct folder *output, char below[PATH_MAX])
{
	struct search search = { .size = 0 };
	bool found = search_in(&search, output);

	snprintf(below, PATH_MAX, "%s", search.below);
	return found;
}

size_t live_others(const struct folder *output, char *names, size_t size)
{
	struct search search = { .names = names, .size = size };

	*names = '\0';
	return search_in(&search, output) ? search.count : 0;
}
