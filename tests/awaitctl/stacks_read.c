/* SPDX-License-Identifier: MIT */
/* How many events of awaits there are in a trace, for a reader that wants
 * stacks and for one that does not: of stacks, with frames, and others. */
#include "babeltrace/reader.h"

#include <inttypes.h>
#include <stdio.h>

struct counts {
	uint64_t stacks, framed, others;
};

static void count(void *data, const struct trace_event *event)
{
	struct counts *counts = data;
	bool is_stack = event_is_stack(event->kind);

	counts->stacks += is_stack;
	counts->framed += event->depth > 0;
	counts->others += !is_stack && event->kind != EVENT_OTHER;
}

int main(int argc, char **argv)
{
	for (int wanted = 0; argc == 2 && wanted < 2; wanted++) {
		const struct reader_calls calls = { .stacks = wanted,
						    .event = count };
		struct counts counts = { 0 };
		struct trouble why;

		if (reader_read(argv[1], &calls, &counts, &why) != READER_DONE)
			return 1;
		printf("%" PRIu64 " %" PRIu64 " %" PRIu64 "\n", counts.stacks,
		       counts.framed, counts.others);
	}
	return 0;
}
