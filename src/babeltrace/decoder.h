/* SPDX-License-Identifier: MIT */
/* A process that decodes a share of the streams of traces. */
#pragma once

#include "babeltrace/graph.h"
#include "babeltrace/ring.h"
#include "babeltrace/traces.h"

/* What it is to do; of calls only which of them are wanted counts. */
struct decoder_task {
	const struct traces *traces;
	const struct reader_calls *calls;
	struct graph_share share;
};

/* Writes records (record.h), and ends the process. */
_Noreturn void decoder_run(const struct decoder_task *task, struct ring *ring);
