/* SPDX-License-Identifier: MIT */
/* See progress.h. The line only becomes longer until it is erased, so that no
 * control sequence is needed. */
#include "awaitctl/common/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define SECOND_NS ((int64_t)1000000000)

enum { SELDOM = 1 << 10, TEXT_SIZE = 80 };

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * SECOND_NS + now.tv_nsec;
}

/* What cannot be written does not matter. */
static void put(int file, const char *text, int length)
{
	if (write(file, text, (size_t)length) < 0)
		return;
}

static void draw(struct progress *progress, int file, uint64_t events,
		 uint64_t all)
{
	char text[TEXT_SIZE];
	int length =
		snprintf(text, sizeof(text),
			 "\rawaitctl: reading, %" PRIu64 " events", events);

	if (all)
		length += snprintf(text + length, sizeof(text) - (size_t)length,
				   " of %" PRIu64 ", %d %%", all,
				   (int)((double)events * 100 / (double)all));
	put(file, text, length);
	if (length > progress->length)
		progress->length = length;
}

void progress_tell(struct progress *progress, int file, uint64_t events,
		   uint64_t all)
{
	int64_t now;

	if (events % SELDOM || !isatty(file))
		return;
	now = now_ns();
	if (!progress->began)
		progress->began = now;
	if (now - progress->began < SECOND_NS ||
	    now - progress->drawn < SECOND_NS / 10)
		return;
	progress->drawn = now;
	draw(progress, file, events, all);
}

void progress_erase(struct progress *progress, int file)
{
	char text[TEXT_SIZE];

	if (!progress->length)
		return;
	put(file, text,
	    snprintf(text, sizeof(text), "\r%*s\r", progress->length - 1, ""));
	progress->length = 0;
}
