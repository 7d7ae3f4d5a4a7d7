/* SPDX-License-Identifier: MIT */
/*
 * A claim is what an assertion asserts about a trace. Each is a function that
 * returns NULL if it holds, otherwise the text of the failure:
 *
 *     claim_begin()     takes this thread's buffer; rejects a missing trace,
 *                       and one that lost events
 *     claim_prepare()   for each matcher: resolves handles, rejects what this
 *                       trace cannot answer
 *     ...               reads the trace, and adds text if the claim is wrong
 *     claim_end()       the result; matchers built so far are used up
 *
 * Whatever finds no memory calls claim_no_memory(), and the claim fails with a
 * text that says that.
 */
#pragma once

#include "common/table.h"
#include "libawait-test/assert/match.h"
#include "libawait-test/records/event_text.h"

struct per_thread;

struct claim {
	const struct await_trace *trace;
	struct per_thread *own; /* NULL: no memory */
	struct text text;
	/* The first record of each await, if a matcher needs it. */
	struct table awaits;
	bool no_memory;
};

/* False: text says what is wrong with the trace. */
bool claim_begin(struct claim *claim, const struct await_trace *trace);
const char *claim_end(struct claim *claim);
/* Whether match can be evaluated on the events that filter matches; if not,
 * text says why. Either may be NULL: every event. */
bool claim_prepare(struct claim *claim, const struct await_match *match,
		   const struct await_match *filter);
/* Always false. */
bool claim_no_memory(struct claim *claim);
