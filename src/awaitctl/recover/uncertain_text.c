/* SPDX-License-Identifier: MIT */
/* See uncertain_text.h. */
#define _GNU_SOURCE
#include "awaitctl/recover/uncertain_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

enum { TIME_SIZE = 64 };

/* As babeltrace2 prints it. */
static const char *time_text(char text[TIME_SIZE], uint64_t time)
{
	const uint64_t second = 1000000000;
	time_t seconds = (time_t)(time / second);
	char clock[32] = "?";
	struct tm local;

	if (localtime_r(&seconds, &local))
		strftime(clock, sizeof(clock), "%H:%M:%S", &local);
	snprintf(text, TIME_SIZE, "%s.%09" PRIu64, clock, time % second);
	return text;
}

bool uncertain_is_all(const struct salvaged *salvaged)
{
	return salvaged->is_uncertain && !salvaged->unconsumed.lost &&
	       !salvaged->unconsumed.full;
}

void uncertain_text(char *text, size_t size, const struct salvaged *salvaged)
{
	const struct uncertain *uncertain = &salvaged->uncertain;
	char most[64] = "", from[TIME_SIZE], to[TIME_SIZE], when[160];

	if (uncertain->events)
		snprintf(most, sizeof(most), ", at most %" PRIu64 " event%s",
			 uncertain->events, uncertain->events == 1 ? "" : "s");
	if (uncertain->to == UINT64_MAX)
		snprintf(when, sizeof(when), "after %s",
			 time_text(from, uncertain->from));
	else
		snprintf(when, sizeof(when), "between %s and %s",
			 time_text(from, uncertain->from),
			 time_text(to, uncertain->to));
	snprintf(text, size,
		 "%" PRIu64 " bytes%s, %s, are left out: it can't be told "
		 "which of %s was finished",
		 uncertain->bytes, most, when,
		 uncertain->others ? "them, or of others of that size," :
				     "them");
}
