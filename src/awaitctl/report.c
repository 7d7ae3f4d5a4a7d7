/* SPDX-License-Identifier: MIT */
/*
 * From a directory to a report: reader > model and symbols > text. The text is
 * written when all was read, so there is never half of one. Snapshots overlap
 * and are no one trace: of several, the last is read.
 */
#include "report.h"

#include "model.h"
#include "reader.h"
#include "say.h"
#include "symbols.h"
#include "text.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct findings {
	struct model model;
	struct symbols symbols;
};

static void on_event(void *data, const struct trace_event *event)
{
	struct findings *findings = data;

	model_event(&findings->model, event);
	if (symbols_event(&findings->symbols, event))
		must(NULL);
}

static void on_discarded(void *data, uint64_t count)
{
	struct findings *findings = data;

	model_discarded(&findings->model, count);
}

static int without_awaits(const char *directory, const struct model *model)
{
	if (model->discarded || model->uncounted)
		say("%s: all events of awaits were discarded; record with "
		    "less load",
		    directory);
	else
		say("%s has no events of awaits: does the program use "
		    "libawait, and is libawait-trace installed?",
		    directory);
	return EXIT_FAILED;
}

static int report_on(const char *directory, unsigned slowest)
{
	static const struct reader_calls calls = {
		.event = on_event,
		.discarded = on_discarded,
	};
	struct findings findings = { 0 };
	enum reader_result result = reader_read(directory, &calls, &findings);

	if (result == READER_NOTHING)
		return EXIT_FAILED;
	if (!findings.model.events) {
		if (result == READER_DONE)
			without_awaits(directory, &findings.model);
		return EXIT_FAILED;
	}
	model_finish(&findings.model);
	text_print(&findings.model, &findings.symbols, result == READER_DAMAGED,
		   slowest, stdout);
	if (fflush(stdout) || ferror(stdout)) {
		say("cannot write the report: %s", strerror(errno));
		return EXIT_FAILED;
	}
	return result == READER_DONE ? 0 : EXIT_FAILED;
}

/* snapshot-NAME-DATE-TIME-NUMBER, as LTTng calls them; or -1. */
static long snapshot_number(const char *name)
{
	const char *dash = strrchr(name, '-');

	if (strncmp(name, "snapshot-", 9) != 0 ||
	    !isdigit((unsigned char)dash[1]))
		return -1;
	return strtol(dash + 1, NULL, 10);
}

int find_snapshots(char path[PATH_MAX], const char *directory)
{
	DIR *entries = opendir(directory);
	struct dirent *entry;
	long last = -1;
	int count = 0;

	while (entries && (entry = readdir(entries))) {
		long number = snapshot_number(entry->d_name);

		count += number >= 0;
		if (number <= last)
			continue;
		last = number;
		snprintf(path, PATH_MAX, "%s/%s", directory, entry->d_name);
	}
	if (entries)
		closedir(entries);
	return count;
}

static bool is_unfinished(const char *directory)
{
	char link[PATH_MAX];
	struct stat status;

	snprintf(link, sizeof(link), "%s/shm", directory);
	return lstat(link, &status) == 0 && S_ISLNK(status.st_mode);
}

int report(const char *directory, unsigned slowest)
{
	char path[PATH_MAX];
	int snapshots = find_snapshots(path, directory);

	if (is_unfinished(directory))
		say("%s is not finished: what its buffers hold is missing; "
		    "first: awaitctl recover %s",
		    directory, directory);
	if (snapshots > 1)
		say("this is the last of %d snapshots, %s", snapshots, path);
	return report_on(snapshots ? path : directory, slowest);
}
