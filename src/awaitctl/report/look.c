/* SPDX-License-Identifier: MIT */
/* See look.h. */
#include "awaitctl/report/look.h"

#include "awaitctl/common/say.h"
#include "awaitctl/report/cells.h"

#include <inttypes.h>
#include <stdio.h>

#define SECOND_NS 1000000000u

/* Of fewer awaits nothing can be said. */
enum { MANY = 10 };

/* A run that is this much longer than the slack of its await could as well have
 * been made at the creation. */
enum { MUCH = 100 };

/* An await that fails is run again by the next wait: once is usual. */
enum { RUNS_USUAL = 2 };

static bool never_waited(const struct figures *figures, char text[LOOK_SIZE])
{
	snprintf(text, LOOK_SIZE,
		 "%" PRIu64 " of %" PRIu64 " were never waited for",
		 figures->never_waited, figures->created);
	return figures->never_waited > 0;
}

static bool unseen(const struct figures *figures, char text[LOOK_SIZE])
{
	snprintf(text, LOOK_SIZE,
		 "%" PRIu64 " failed, and no wait has seen the error",
		 figures->unseen);
	return figures->unseen > 0;
}

static bool dropped(const struct figures *figures, char text[LOOK_SIZE])
{
	snprintf(text, LOOK_SIZE,
		 "%" PRIu64 " promises were dropped and never settled",
		 figures->dropped);
	return figures->dropped > 0;
}

static bool cycle(const struct figures *figures, char text[LOOK_SIZE])
{
	snprintf(text, LOOK_SIZE,
		 "%" PRIu64 " waits were refused, as they would have closed a "
		 "circle",
		 figures->cycles);
	return figures->cycles > 0;
}

static bool retried(const struct figures *figures, char text[LOOK_SIZE])
{
	snprintf(text, LOOK_SIZE, "one was run %" PRIu64 " times",
		 figures->most_runs);
	return figures->most_runs > RUNS_USUAL;
}

static bool blocked(const struct figures *figures, char text[LOOK_SIZE])
{
	char duration[CELL_DURATION_SIZE];

	snprintf(text, LOOK_SIZE, "a wait slept %s",
		 cell_duration(duration, figures->blocked.most));
	return figures->blocked.most >= SECOND_NS;
}

static bool at_once(const struct figures *figures, char text[LOOK_SIZE])
{
	uint64_t slack = histogram_percentile(&figures->slack, 90);
	uint64_t run = histogram_percentile(&figures->run, 50);
	char a[CELL_DURATION_SIZE], b[CELL_DURATION_SIZE];

	snprintf(text, LOOK_SIZE,
		 "9 of 10 are waited for within %s, and half of the runs take "
		 "%s or more: being lazy brings nothing",
		 cell_duration(a, slack), cell_duration(b, run));
	return figures->slack.count >= MANY && figures->run.count >= MANY &&
	       slack < run / MUCH;
}

static bool unfinished(const struct figures *figures, char text[LOOK_SIZE])
{
	snprintf(text, LOOK_SIZE,
		 "when the recording ended %" PRIu64 " ran and %" PRIu64
		 " waits slept",
		 figures->running, figures->asleep);
	return figures->running || figures->asleep;
}

/* Those that are seldom harmless first. */
static const struct {
	const char *name;
	bool (*check)(const struct figures *figures, char text[LOOK_SIZE]);
	bool of_waits, of_ends; /* it must be known of those */
	bool of_thread;		/* it may be of one only */
} kinds[] = {
	{ "unfinished", unfinished, false, true, false },
	{ "cycle", cycle, false, false, true },
	{ "promise-dropped", dropped, false, false, false },
	{ "failed-unseen", unseen, true, true, false },
	{ "retried", retried, true, false, false },
	{ "blocked", blocked, true, false, true },
	{ "waited-at-once", at_once, true, true, false },
	{ "never-waited", never_waited, true, false, false },
};

int look_at(const struct findings *findings, look_found *found, void *data)
{
	const struct lives *lives = &findings->lives;
	char text[LOOK_SIZE];
	struct rows rows;

	if (rows_make(&rows, findings, BY_SITE, SORT_TOTAL))
		return -1;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if ((kinds[i].of_waits && lives->waits_unknown) ||
		    (kinds[i].of_ends && lives->ends_unknown) ||
		    (!kinds[i].of_thread && findings_of_thread(findings)))
			continue;
		for (size_t k = 0; k < rows.count; k++)
			if (kinds[i].check(rows.row[k].figures, text))
				found(data, kinds[i].name, &rows.row[k], text);
	}
	rows_free(&rows);
	return 0;
}

static void note_any(void *any, const char *name, const struct report_row *row,
		     const char *text)
{
	(void)name;
	(void)row;
	(void)text;
	*(bool *)any = true;
}

bool look_at_any(const struct findings *findings)
{
	bool any = false;

	if (look_at(findings, note_any, &any))
		must(NULL);
	return any;
}
