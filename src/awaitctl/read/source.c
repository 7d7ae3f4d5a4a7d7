/* SPDX-License-Identifier: MIT */
/* See source.h. */
#include "awaitctl/read/source.h"

#include "awaitctl/common/say.h"
#include "awaitctl/common/signals.h"
#include "awaitctl/tracedir/folder.h"
#include "awaitctl/tracedir/incomplete.h"
#include "awaitctl/tracedir/live.h"
#include "awaitctl/tracedir/snapshots.h"
#include "awaitctl/tracedir/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What was written, without what awaitctl recover has not finished to put
 * behind it. */
static void choose_part(char path[PATH_MAX], const char *directory)
{
	static const char *const parts[] = { "kept", "ust" };

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		snprintf(path, PATH_MAX, "%s/%s", directory, parts[i]);
		if (access(path, F_OK) == 0)
			return;
	}
	snprintf(path, PATH_MAX, "%s", directory);
}

/* Of a recording that could be followed: our own session, without those that
 * others have sent. Leaves the path as it is if it is no such recording. */
static void choose_session(char path[PATH_MAX], const char *directory)
{
	char below[PATH_MAX], names[256], real[PATH_MAX];
	struct folder folder;

	if (!realpath(directory, real) || folder_open(&folder, real))
		return;
	if (live_find(&folder, below)) {
		if (live_others(&folder, names, sizeof(names)))
			say("%s: left out what others have sent to its relay "
			    "daemon: %s; see --all",
			    directory, names);
		snprintf(path, PATH_MAX, "%s%.*s", directory, PATH_MAX / 2,
			 below);
	}
	folder_close(&folder);
}

static void choose(struct source *source, const char *directory, bool all)
{
	int snapshots = snapshots_find(source->path, directory);

	if (snapshots > 1)
		say("this is the last of %d snapshots, %s", snapshots,
		    source->path);
	if (!snapshots && incomplete_is_unfinished(directory))
		choose_part(source->path, directory);
	else if (!snapshots)
		snprintf(source->path, sizeof(source->path), "%s", directory);
	if (!snapshots && !all)
		choose_session(source->path, directory);
}

static void add_incomplete(struct source *source, const char *text)
{
	size_t length = strlen(source->incomplete);

	snprintf(source->incomplete + length,
		 sizeof(source->incomplete) - length, "%s%s",
		 length ? "; " : "", text);
}

static int find_intact(struct source *source)
{
	struct trouble why;

	if (intact_find(&source->intact, source->path, &why)) {
		int stop = signals_take_stop();

		if (stop)
			return stop;
		say_trouble(&why);
	}
	if (*source->intact.copies)
		say("%s: %s", source->path, source->intact.copies);
	if (*source->intact.text) {
		say("%s is INCOMPLETE: %s", source->path, source->intact.text);
		add_incomplete(source, source->intact.text);
	}
	return 0;
}

int source_open(struct source *source, const char *directory, bool all)
{
	char why[2 * PATH_MAX];

	*source = (struct source){ 0 };
	if (incomplete_is(directory, why, sizeof(why))) {
		say("%s is INCOMPLETE: %s", directory, why);
		add_incomplete(source, why);
	}
	choose(source, directory, all);
	source->size = tree_size(source->path);
	source->is_filtered = filtered_read(&source->filtered, directory);
	return find_intact(source);
}

void source_close(struct source *source)
{
	intact_remove(&source->intact);
	filtered_free(&source->filtered);
}
