/* SPDX-License-Identifier: MIT */
/* The claim of how many threads some events happened on. */
#include "libawait-test/assert/claim.h"

#include "common/export.h"
#include "libawait-test/assert/match_text.h"
#include "libawait-test/assert/near.h"

#define SHOWN 10

static void say_thread(struct claim *claim, const struct await_match *match,
		       size_t first)
{
	const struct await_trace *trace = claim->trace;
	uint32_t thread = trace->records[first].thread;
	size_t count = 0;

	for (size_t i = first; i < trace->count; i++)
		count += trace->records[i].thread == thread &&
			 match_event(match, claim, &trace->records[i]);
	text_add(&claim->text, "\n  ");
	text_thread(&claim->text, trace, thread);
	text_add(&claim->text, ": ");
	match_text_events(&claim->text, count);
	text_add(&claim->text, ", first ");
	text_numbered(&claim->text, trace, first);
}

static bool is_on(const void *record, const void *thread)
{
	return ((const struct record *)record)->thread ==
	       *(const uint32_t *)thread;
}

/* Finds the first event of each thread; firsts has those of the first SHOWN
 * threads. False: no memory. */
static bool first_of_threads(struct claim *claim,
			     const struct await_match *match,
			     struct table *by_thread, size_t *firsts)
{
	const struct await_trace *trace = claim->trace;

	for (size_t i = 0; i < trace->count; i++) {
		struct record *record = &trace->records[i];
		void **first;

		if (!match_event(match, claim, record))
			continue;
		first = table_place(by_thread, hash_number(0, record->thread),
				    is_on, &record->thread);
		if (!first)
			return claim_no_memory(claim);
		if (!*first && by_thread->used <= SHOWN)
			firsts[by_thread->used - 1] = i;
		*first = *first ? *first : record;
	}
	return true;
}

static void threads(struct claim *claim, const struct await_match *match,
		    size_t count)
{
	size_t firsts[SHOWN];
	struct table by_thread = { 0 };

	if (first_of_threads(claim, match, &by_thread, firsts) &&
	    by_thread.used != count) {
		text_add(&claim->text, "expected the events that match ");
		match_text(&claim->text, match);
		text_add(&claim->text, " on %zu thread%s, but they are on %zu",
			 count, count == 1 ? "" : "s", by_thread.used);
		if (by_thread.used > 0)
			text_add(&claim->text, ":");
		else
			near_say(claim, match, 0);
		for (size_t i = 0; i < by_thread.used && i < SHOWN; i++)
			say_thread(claim, match, firsts[i]);
		if (by_thread.used > SHOWN)
			text_add(&claim->text, "\n  ... and %zu more",
				 by_thread.used - SHOWN);
	}
	table_free(&by_thread);
}

EXPORT const char *await_claim_threads(const struct await_trace *trace,
				       const struct await_match *match,
				       size_t count)
{
	struct claim claim;

	if (claim_begin(&claim, trace) && claim_prepare(&claim, match, NULL))
		threads(&claim, match, count);
	return claim_end(&claim);
}
