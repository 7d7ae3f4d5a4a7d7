/* SPDX-License-Identifier: MIT */
/* See doubts.h. */
#include "awaitctl/read/doubts.h"

#include <inttypes.h>
#include <stdio.h>

static bool discarded(const void *data, char text[WARNING_SIZE])
{
	const struct findings *findings = data;

	snprintf(text, WARNING_SIZE,
		 "%" PRIu64 " EVENTS DISCARDED (buffers full)",
		 findings->lives.discarded);
	return findings->lives.discarded > 0;
}

static bool uncounted(const void *data, char text[WARNING_SIZE])
{
	const struct findings *findings = data;

	snprintf(text, WARNING_SIZE,
		 "EVENTS LOST %" PRIu64 " TIMES, the trace does not say how "
		 "many",
		 findings->lives.uncounted);
	return findings->lives.uncounted > 0;
}

static bool incomplete(const void *data, char text[WARNING_SIZE])
{
	const struct findings *findings = data;

	if (findings->incomplete)
		snprintf(text, WARNING_SIZE, "INCOMPLETE: %s",
			 findings->incomplete);
	return findings->incomplete != NULL;
}

static bool damaged(const void *data, char text[WARNING_SIZE])
{
	const struct findings *findings = data;

	snprintf(text, WARNING_SIZE,
		 "TRACE DAMAGED, read up to where it breaks off");
	return findings->damaged;
}

static bool cut_off(const void *data, char text[WARNING_SIZE])
{
	const struct findings *findings = data;

	snprintf(text, WARNING_SIZE,
		 "%zu PROCESSES CUT OFF FROM LTTNG FOR SOME TIME, as they "
		 "closed its descriptors",
		 findings->cut_off);
	return findings->cut_off > 0;
}

static const struct warning known[] = {
	{ "events-discarded", discarded },
	{ "events-lost", uncounted },
	{ "incomplete", incomplete },
	{ "damaged", damaged },
	{ "cut-off", cut_off },
};

void doubts_find(const struct findings *findings, warnings_found *found,
		 void *data)
{
	warnings_check(known, sizeof(known) / sizeof(known[0]), findings, found,
		       data);
}
