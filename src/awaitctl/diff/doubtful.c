/* SPDX-License-Identifier: MIT */
/* See doubtful.h. */
#include "awaitctl/diff/doubtful.h"

#include "awaitctl/read/doubts.h"
#include "awaitctl/tracedir/identity.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define NOT_ENDED "not-ended"

/* One of the runs, as warnings look at it. */
struct one {
	const struct comparison *comparison;
	const struct run *run;
};

static bool attached(const void *data, char text[WARNING_SIZE])
{
	const struct run *run = ((const struct one *)data)->run;
	char tag[IDENTITY_TAG_LENGTH + 1];
	bool is = false;

	snprintf(text, WARNING_SIZE,
		 "RECORDED FROM MIDWAY, by --attach: what was before is "
		 "unknown");
	for (size_t i = 0; i < run->process_count && !is; i++)
		if (run->processes[i].compared &&
		    !identity_parse(run->processes[i].process->session, tag,
				    &is))
			is = false;
	return is;
}

static bool snapshot(const void *data, char text[WARNING_SIZE])
{
	const char *path = ((const struct one *)data)->run->path;
	const char *slash = strrchr(path, '/');

	snprintf(text, WARNING_SIZE,
		 "A SNAPSHOT: what was overwritten before it is unknown");
	return !strncmp(slash ? slash + 1 : path, "snapshot-", 9);
}

/* They were there before the recording, or in a parent of the process; or
 * events were lost without a word. */
static bool not_created(const void *data, char text[WARNING_SIZE])
{
	const struct run *run = ((const struct one *)data)->run;
	size_t count = 0;

	for (size_t i = 0; i < run->await_count; i++)
		count += run_compares(run, &run->awaits[i]) &&
			 !(run->awaits[i].did & DID_CREATE);
	snprintf(text, WARNING_SIZE,
		 "%zu AWAITS WERE USED whose creation was not recorded", count);
	return count > 0;
}

static bool threadless(const void *data, char text[WARNING_SIZE])
{
	const struct run *run = ((const struct one *)data)->run;

	snprintf(text, WARNING_SIZE,
		 "%" PRIu64 " WAITS of threads that are not known",
		 run->threadless);
	return run->threadless > 0;
}

/* One by await hides whole awaits, which is no doubt: of those nothing is
 * compared. */
static bool filter(const void *data, char text[WARNING_SIZE])
{
	const struct filtered *filtered =
		((const struct one *)data)->run->findings.filtered;

	snprintf(text, WARNING_SIZE, "THE FILTER HIDES parts of lives: %s",
		 filtered ? filtered->text : "");
	return filtered && !filtered_by_await(filtered);
}

static bool filters(const void *data, char text[WARNING_SIZE])
{
	const struct one *one = data;
	const struct run *runs = one->comparison->run;
	const struct filtered *a = runs[0].findings.filtered;
	const struct filtered *b = runs[1].findings.filtered;

	snprintf(text, WARNING_SIZE, "ANOTHER FILTER than A: %s",
		 b ? b->text : "none");
	return one->run == &runs[1] && (a || b) &&
	       (!a || !b || strcmp(a->text, b->text) != 0);
}

static bool not_ended(const void *data, char text[WARNING_SIZE])
{
	const struct one *one = data;

	snprintf(text, WARNING_SIZE,
		 "SOME PROCESSES HAD NOT ENDED when the recording did, as far "
		 "as is known: what they lack could come later");
	return !one->comparison->ended[one->run - one->comparison->run];
}

static const struct warning known[] = {
	{ "attached", attached },	{ "snapshot", snapshot },
	{ "not-created", not_created }, { "threads-unknown", threadless },
	{ "filter", filter },		{ "filters", filters },
	{ NOT_ENDED, not_ended },
};

void doubtful_find(const struct comparison *comparison, int of,
		   warnings_found *found, void *data)
{
	const struct one one = { comparison, &comparison->run[of] };

	doubts_find(&one.run->findings, found, data);
	warnings_check(known, sizeof(known) / sizeof(known[0]), &one, found,
		       data);
}

static void note(void *data, const char *name, const char *text)
{
	(void)text;
	if (strcmp(name, NOT_ENDED) != 0)
		*(bool *)data = true;
}

bool doubtful_nothing(const struct comparison *comparison)
{
	bool any = false;

	for (int of = 0; of < 2; of++)
		doubtful_find(comparison, of, note, &any);
	return !any;
}
