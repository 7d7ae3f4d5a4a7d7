/* SPDX-License-Identifier: MIT */
/* See stream_ends.h. */
#include "awaitctl/recover/stream_ends.h"

#include "awaitctl/tracedir/streams.h"

#include <time.h>

uint64_t stream_ends_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

bool stream_ends_after(const struct folder *output, uint64_t time)
{
	struct streams streams;
	struct trouble ignored;
	bool all = true;

	if (streams_find(&streams, output, &ignored))
		return false;
	for (size_t i = 0; i < streams.count && all; i++) {
		const struct stream *stream = &streams.stream[i];

		all = stream->kind == STREAM_FILE &&
		      stream->whole == stream->size && stream->last.end >= time;
	}
	streams_free(&streams);
	return all;
}
