/* SPDX-License-Identifier: MIT */
/* await_dump(): writes a line for every await of the process, and their number
 * in each state. */
#include "common/await_text.h"
#include "libawait/inspect/describe.h"
#include "libawait/inspect/walk.h"

#include <await/inspect.h>

#include <errno.h>

#define STATES (STATE_MASK + 1)

static void dump_one(struct walk *walk, void *data)
{
	struct line line = out_line(&walk->out);
	uint64_t *counts = data;

	line_await(&line, &walk->snapshot);
	out_end(&walk->out, &line);
	counts[state_of(walk->snapshot.word)]++;
}

static void dump_counts(struct walk *walk, const uint64_t counts[STATES])
{
	struct line line = out_line(&walk->out);
	const char *before = ": ";
	uint64_t all = 0;

	for (unsigned i = 0; i < STATES; i++)
		all += counts[i];
	line_unsigned(&line, all);
	line_text(&line, all == 1 ? " await" : " awaits");
	for (unsigned i = 0; i < STATES; i++) {
		if (counts[i] == 0)
			continue;
		line_text(&line, before);
		line_unsigned(&line, counts[i]);
		line_char(&line, ' ');
		line_text(&line, state_name(i));
		before = ", ";
	}
	if (walk->changing > 0) {
		line_text(&line, before);
		line_unsigned(&line, walk->changing);
		line_text(&line, " changing, not shown");
	}
	out_end(&walk->out, &line);
}

EXPORT int await_dump(int fd)
{
	struct walk walk;
	uint64_t counts[STATES] = { 0 };
	int error = errno;

	walk_all(&walk, fd, dump_one, counts);
	dump_counts(&walk, counts);
	out_flush(&walk.out);
	errno = error;
	return walk.out.rc;
}
