/* SPDX-License-Identifier: MIT */
/*
 * Traces decoded by several processes, each a share of their streams, and
 * merged here in the order of time: what is passed on is the same, in the same
 * order, however many there are. Damage that ends one of them ends nothing
 * else: what it had decoded is passed on.
 */
#pragma once

#include "babeltrace/graph.h"
#include "babeltrace/reader.h"
#include "babeltrace/traces.h"

enum { DECODERS_CAUSE = 1024 };

struct decoders_end {
	enum decoded how;
	int signal;	 /* that ended the first one that died; or 0 */
	uint64_t events; /* that were passed on */
	char cause[DECODERS_CAUSE];
};

/* calls->processes says how many. */
void decoders_read(const struct traces *traces,
		   const struct reader_calls *calls, void *data,
		   struct decoders_end *end);
