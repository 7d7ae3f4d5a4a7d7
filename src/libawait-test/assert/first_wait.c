/* SPDX-License-Identifier: MIT */
/* Claims that follow each await, or each thread, through the trace. */
#include "libawait-test/assert/claims.h"

#include <stdlib.h>
#include <string.h>

#define SHOWN 10

static bool is_wait(const struct record *record)
{
	return record->type == AWAIT_EVENT_EXEC_BEGIN ||
	       record->type == AWAIT_EVENT_HIT ||
	       record->type == AWAIT_EVENT_BLOCK_BEGIN;
}

static void say_first_wait(struct claim *claim, struct await_subject subject,
			   const char *function)
{
	text_add(&claim->text, "expected the first wait for ");
	if (subject.kind == 'f')
		text_add(&claim->text, "each ");
	words_subject(&claim->text, subject);
	text_add(&claim->text, " to come from %s", function);
}

/* One first wait: adds a line if it is wrong. */
static void check_first_wait(struct claim *claim,
			     const struct await_match *match,
			     const struct await_match *from, size_t index,
			     size_t *wrong)
{
	const struct record *record = &claim->trace->records[index];

	if (match_event(from, claim, record))
		return;
	if ((*wrong)++ == 0) {
		say_first_wait(claim, match->subject, from->name);
		text_add(&claim->text, ", but:");
	}
	if (*wrong > SHOWN)
		return;
	text_add(&claim->text, "\n  > ");
	text_numbered(&claim->text, claim->trace, index);
	text_add(&claim->text, "\n    (");
	words_differs(&claim->text, from, claim, record);
	text_add(&claim->text, ")");
}

static void first_wait(struct claim *claim, const struct await_match *match,
		       const struct await_match *from)
{
	const struct await_trace *trace = claim->trace;
	struct ids seen = { 0 };
	size_t wrong = 0;

	for (size_t i = 0; i < trace->count; i++) {
		const struct record *record = &trace->records[i];
		size_t *first;

		if (!is_wait(record) || !match_event(match, claim, record))
			continue;
		first = ids_at(&seen, record->id, i);
		if (!first) {
			claim_no_memory(claim);
			break;
		}
		if (*first == i)
			check_first_wait(claim, match, from, i, &wrong);
	}
	if (wrong > SHOWN)
		text_add(&claim->text, "\n  ... and %zu more", wrong - SHOWN);
	if (seen.used == 0) {
		say_first_wait(claim, match->subject, from->name);
		text_add(&claim->text, ", but there is no wait");
		near_names(claim, match);
	}
	ids_free(&seen);
}

EXPORT const char *await_claim_first_wait(const struct await_trace *trace,
					  struct await_subject subject,
					  const char *function)
{
	const struct await_match *match = await_match_event(-1, -1, subject);
	const struct await_match *from = await_from(function);
	struct claim claim;

	if (claim_begin(&claim, trace) && claim_uses(&claim, match, NULL) &&
	    claim_uses(&claim, from, NULL))
		first_wait(&claim, match, from);
	return claim_end(&claim);
}

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
	words_events(&claim->text, count);
	text_add(&claim->text, ", first ");
	text_numbered(&claim->text, trace, first);
}

/* The first event of each thread. A thread's id is no await's, but a number
 * as good: 0 is the only one that is not. */
static bool first_of_threads(struct claim *claim,
			     const struct await_match *match, struct ids *ids,
			     size_t *firsts)
{
	const struct await_trace *trace = claim->trace;

	for (size_t i = 0; i < trace->count; i++) {
		const struct record *record = &trace->records[i];
		size_t *first;

		if (!match_event(match, claim, record))
			continue;
		first = ids_at(ids, (uint64_t)record->thread + 1, i);
		if (!first)
			return claim_no_memory(claim);
		if (*first == i && ids->used <= SHOWN)
			firsts[ids->used - 1] = i;
	}
	return true;
}

static void threads(struct claim *claim, const struct await_match *match,
		    size_t count)
{
	size_t firsts[SHOWN];
	struct ids ids = { 0 };

	if (first_of_threads(claim, match, &ids, firsts) && ids.used != count) {
		text_add(&claim->text, "expected the events that match ");
		words_match(&claim->text, match);
		text_add(&claim->text, " on %zu thread%s, but they are on %zu",
			 count, count == 1 ? "" : "s", ids.used);
		if (ids.used > 0)
			text_add(&claim->text, ":");
		else
			near_say(claim, match, 0);
		for (size_t i = 0; i < ids.used && i < SHOWN; i++)
			say_thread(claim, match, firsts[i]);
		if (ids.used > SHOWN)
			text_add(&claim->text, "\n  ... and %zu more",
				 ids.used - SHOWN);
	}
	ids_free(&ids);
}

EXPORT const char *await_claim_threads(const struct await_trace *trace,
				       const struct await_match *match,
				       size_t count)
{
	struct claim claim;

	if (claim_begin(&claim, trace) && claim_uses(&claim, match, NULL))
		threads(&claim, match, count);
	return claim_end(&claim);
}
