/* SPDX-License-Identifier: MIT */
/* The claim of where each await was waited for first. */
#include "libawait-test/assert/claim.h"

#include "common/export.h"
#include "libawait-test/assert/by_id.h"
#include "libawait-test/assert/match_text.h"
#include "libawait-test/assert/near.h"

#define SHOWN 10

static bool is_wait(const struct record *record)
{
	return record->type == AWAIT_EVENT_EXEC_BEGIN ||
	       record->type == AWAIT_EVENT_HIT ||
	       record->type == AWAIT_EVENT_BLOCK_BEGIN ||
	       record->type == AWAIT_EVENT_WAIT_END;
}

static void say_first_wait(struct claim *claim, struct await_subject subject,
			   const char *function)
{
	text_add(&claim->text, "expected the first wait for ");
	if (subject.kind == 'f')
		text_add(&claim->text, "each ");
	match_text_subject(&claim->text, subject);
	text_add(&claim->text, " to come from %s", function);
}

/* Adds lines if the first wait at index is not one that from matches. */
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
	match_text_mismatch(&claim->text, from, claim, record);
	text_add(&claim->text, ")");
}

static void first_wait(struct claim *claim, const struct await_match *match,
		       const struct await_match *from)
{
	const struct await_trace *trace = claim->trace;
	struct table waited = { 0 };
	size_t wrong = 0;

	for (size_t i = 0; i < trace->count; i++) {
		struct record *record = &trace->records[i];
		void **first;

		if (!is_wait(record) || !match_event(match, claim, record))
			continue;
		first = by_id_place(&waited, record->id);
		if (!first) {
			claim_no_memory(claim);
			break;
		}
		if (*first)
			continue;
		*first = record;
		check_first_wait(claim, match, from, i, &wrong);
	}
	if (wrong > SHOWN)
		text_add(&claim->text, "\n  ... and %zu more", wrong - SHOWN);
	if (waited.used == 0) {
		say_first_wait(claim, match->subject, from->name);
		text_add(&claim->text, ", but there is no wait");
		near_names(claim, match);
	}
	table_free(&waited);
}

EXPORT const char *await_claim_first_wait(const struct await_trace *trace,
					  struct await_subject subject,
					  const char *function)
{
	const struct await_match *match = await_match_event(-1, -1, subject);
	const struct await_match *from = await_from(function);
	struct claim claim;

	if (claim_begin(&claim, trace) && claim_prepare(&claim, match, NULL) &&
	    claim_prepare(&claim, from, NULL))
		first_wait(&claim, match, from);
	return claim_end(&claim);
}
