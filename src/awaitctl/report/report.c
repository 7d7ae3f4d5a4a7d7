/* SPDX-License-Identifier: MIT */
/*
 * From a directory to a report: the reader feeds the model and the symbols, and
 * the text is written when all has been read, so there is never half a report.
 * Snapshots overlap and are not one trace: of several, the last is read.
 */
#include "awaitctl/report/report.h"

#include "awaitctl/tracedir/filtered.h"
#include "awaitctl/tracedir/incomplete.h"
#include "awaitctl/tracedir/live.h"
#include "awaitctl/tracedir/snapshots.h"
#include "awaitctl/report/model.h"
#include "babeltrace/reader.h"
#include "awaitctl/common/say.h"
#include "symbols/symbols.h"
#include "awaitctl/report/report_text.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct findings {
	struct model model;
	struct symbols symbols;
};

static void on_event(void *data, const struct trace_event *event)
{
	struct findings *findings = data;
	struct mapped_file file;

	model_event(&findings->model, event);
	if (trace_mapped_file(event, &file) &&
	    symbols_note(&findings->symbols, &file))
		must(NULL);
}

static void on_packet_end(void *data, int64_t host, int64_t time)
{
	struct findings *findings = data;

	model_recorded(&findings->model, host, time);
}

static void on_discarded(void *data, uint64_t count)
{
	struct findings *findings = data;

	model_discarded(&findings->model, count);
}

static int without_awaits(const char *directory, const struct model *model,
			  bool incomplete)
{
	const struct filtered *filtered = model->filtered;

	if (incomplete)
		say("%s: no event of an await is in what was written",
		    directory);
	else if (model->others)
		say("%s: no event of an await is of the program that was "
		    "recorded, all are of others; see report --all",
		    directory);
	else if (model->discarded || model->uncounted)
		say("%s: all events of awaits were discarded; record with "
		    "less load",
		    directory);
	else if (filtered)
		say("%s: no event of an await is in it; those that passed the "
		    "filter %s would be",
		    directory, filtered->text);
	else
		say("%s has no events of awaits: does the program use "
		    "libawait, and is libawait-trace installed?",
		    directory);
	return EXIT_FAILED;
}

/* Of the recording: what is known beside the trace in directory, or NULL. */
struct known {
	const char *incomplete;
	const struct filtered *filtered;
};

static int report_on(const char *directory, const struct known *known,
		     unsigned slowest, bool all)
{
	static const struct reader_calls calls = {
		.event = on_event,
		.packet_end = on_packet_end,
		.discarded = on_discarded,
	};
	/* As long as the process: nobody frees it. */
	static struct findings findings;
	struct trouble why;
	enum reader_result result;

	findings.model.all = all;
	findings.model.filtered = known->filtered;
	result = reader_read(directory, &calls, &findings, &why);
	if (result != READER_DONE)
		say_trouble(&why);
	if (result == READER_NOTHING)
		return EXIT_FAILED;
	/* What a damaged trace ends with may look like any event: what was
	 * understood before is worth more. */
	if (findings.model.foreign &&
	    (result == READER_DONE || !findings.model.await_count))
		return say_trouble(&findings.model.why_foreign);
	model_finish(&findings.model);
	if (!findings.model.events) {
		if (result == READER_DONE)
			without_awaits(directory, &findings.model,
				       known->incomplete);
		return EXIT_FAILED;
	}
	findings.model.damaged = result == READER_DAMAGED;
	findings.model.incomplete = known->incomplete;
	report_text_print(&findings.model, &findings.symbols, slowest, stdout);
	if (fflush(stdout) || ferror(stdout)) {
		say("cannot write the report: %s", strerror(errno));
		return EXIT_FAILED;
	}
	return result == READER_DONE ? 0 : EXIT_FAILED;
}

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

int report(const char *directory, unsigned slowest, bool all)
{
	char path[PATH_MAX];
	int snapshots = snapshots_find(path, directory);
	char why[2 * PATH_MAX];
	bool incomplete = incomplete_is(directory, why, sizeof(why));
	struct filtered filtered;
	const struct known known = {
		.incomplete = incomplete ? why : NULL,
		.filtered =
			filtered_read(&filtered, directory) ? &filtered : NULL,
	};

	if (incomplete)
		say("%s is INCOMPLETE: %s", directory, why);
	if (snapshots > 1)
		say("this is the last of %d snapshots, %s", snapshots, path);
	if (!snapshots && incomplete_is_unfinished(directory))
		choose_part(path, directory);
	else if (!snapshots)
		snprintf(path, sizeof(path), "%s", directory);
	if (!snapshots && !all)
		choose_session(path, directory);
	return report_on(path, &known, slowest, all);
}
