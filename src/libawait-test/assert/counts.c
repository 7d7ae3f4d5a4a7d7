/* SPDX-License-Identifier: MIT */
/* Claims about all events that match: how many there are, what each of them has
 * to be, how long runs took, and which come before which. */
#include "libawait-test/assert/claim.h"

#include "common/export.h"
#include "libawait-test/assert/match_text.h"
#include "libawait-test/assert/near.h"

#include <stdio.h>

#define SHOWN 10

static size_t count_of(const struct claim *claim,
		       const struct await_match *match)
{
	size_t count = 0;

	for (size_t i = 0; i < claim->trace->count; i++)
		count += match_event(match, claim, &claim->trace->records[i]);
	return count;
}

/* Adds the first events that match, of count. */
static void say_events(struct claim *claim, const struct await_match *match,
		       size_t count)
{
	const struct await_trace *trace = claim->trace;
	size_t shown = 0;

	for (size_t i = 0; i < trace->count && shown < SHOWN; i++) {
		if (!match_event(match, claim, &trace->records[i]))
			continue;
		shown++;
		text_add(&claim->text, "\n  ");
		text_numbered(&claim->text, trace, i);
	}
	if (count > shown)
		text_add(&claim->text, "\n  ... and %zu more", count - shown);
}

static void count_between(struct claim *claim, const struct await_match *match,
			  size_t least, size_t most)
{
	size_t count = count_of(claim, match);

	if (count >= least && count <= most)
		return;
	match_text_count(&claim->text, match, least, most, count);
	if (count == 0) {
		near_say(claim, match, 0);
		return;
	}
	text_add(&claim->text, ":");
	say_events(claim, match, count);
}

EXPORT const char *await_claim_count(const struct await_trace *trace,
				     const struct await_match *match,
				     size_t least, size_t most)
{
	struct claim claim;

	if (claim_begin(&claim, trace) && claim_prepare(&claim, match, NULL)) {
		if (least > most)
			text_add(&claim.text,
				 "no number is at least %zu and at most %zu",
				 least, most);
		else
			count_between(&claim, match, least, most);
	}
	return claim_end(&claim);
}

/* Adds the first events that match matches but all does not. */
static void say_wrong(struct claim *claim, const struct await_match *match,
		      const struct await_match *all)
{
	const struct await_trace *trace = claim->trace;

	for (size_t i = 0, shown = 0; i < trace->count && shown < SHOWN; i++) {
		const struct record *record = &trace->records[i];

		if (!match_event(match, claim, record) ||
		    match_event(all, claim, record))
			continue;
		shown++;
		text_add(&claim->text, "\n  ");
		text_numbered(&claim->text, trace, i);
		text_add(&claim->text, "\n    (");
		match_text_mismatch(&claim->text, all, claim, record);
		text_add(&claim->text, ")");
	}
}

static void each(struct claim *claim, const struct await_match *match,
		 const struct await_match *all)
{
	const struct await_trace *trace = claim->trace;
	size_t count = count_of(claim, match), wrong = 0;

	for (size_t i = 0; i < trace->count; i++)
		wrong += match_event(match, claim, &trace->records[i]) &&
			 !match_event(all, claim, &trace->records[i]);
	if (count > 0 && wrong == 0)
		return;
	text_add(&claim->text, "expected each event that matches ");
	match_text(&claim->text, match);
	text_add(&claim->text, " to be ");
	match_text(&claim->text, all);
	if (count == 0) {
		text_add(&claim->text, ", but there is none");
		near_say(claim, match, 0);
		return;
	}
	text_add(&claim->text, ", but %zu of %zu %s not:", wrong, count,
		 wrong == 1 ? "is" : "are");
	say_wrong(claim, match, all);
	if (wrong > SHOWN)
		text_add(&claim->text, "\n  ... and %zu more", wrong - SHOWN);
	near_names(claim, all);
}

EXPORT const char *await_claim_each(const struct await_trace *trace,
				    const struct await_match *match,
				    const struct await_match *all)
{
	struct claim claim;

	if (claim_begin(&claim, trace) && claim_prepare(&claim, match, NULL) &&
	    claim_prepare(&claim, all, match))
		each(&claim, match, all);
	return claim_end(&claim);
}

static void before(struct claim *claim, const struct await_match *first,
		   const struct await_match *then)
{
	const struct await_trace *trace = claim->trace;
	const struct await_match *missing;
	size_t last = NO_INDEX, begin = NO_INDEX;

	for (size_t i = 0; i < trace->count; i++) {
		if (match_event(first, claim, &trace->records[i]))
			last = i;
		if (begin == NO_INDEX &&
		    match_event(then, claim, &trace->records[i]))
			begin = i;
	}
	if (last != NO_INDEX && begin != NO_INDEX && last < begin)
		return;
	text_add(&claim->text, "expected every ");
	match_text(&claim->text, first);
	text_add(&claim->text, " before any ");
	match_text(&claim->text, then);
	if (last == NO_INDEX || begin == NO_INDEX) {
		missing = last == NO_INDEX ? first : then;
		text_add(&claim->text, ", but there is no ");
		match_text(&claim->text, missing);
		near_say(claim, missing, 0);
		return;
	}
	text_add(&claim->text, ", but:\n    ");
	text_numbered(&claim->text, trace, begin);
	text_add(&claim->text, "\n  > ");
	text_numbered(&claim->text, trace, last);
}

EXPORT const char *await_claim_before(const struct await_trace *trace,
				      const struct await_match *first,
				      const struct await_match *then)
{
	struct claim claim;

	if (claim_begin(&claim, trace) && claim_prepare(&claim, first, NULL) &&
	    claim_prepare(&claim, then, NULL))
		before(&claim, first, then);
	return claim_end(&claim);
}

static void took(struct claim *claim, const struct await_match *match,
		 uint64_t least_ns, uint64_t most_ns)
{
	const struct await_trace *trace = claim->trace;
	size_t count = count_of(claim, match), wrong = 0;

	for (size_t i = 0; i < trace->count; i++) {
		const struct record *record = &trace->records[i];

		if (!match_event(match, claim, record) ||
		    (record->latency_ns >= least_ns &&
		     record->latency_ns <= most_ns))
			continue;
		if (wrong++ == 0) {
			text_add(&claim->text, "expected each run of ");
			match_text_subject(&claim->text, match->subject);
			text_add(&claim->text,
				 " to take from %llu to %llu ns, but:",
				 (unsigned long long)least_ns,
				 (unsigned long long)most_ns);
		}
		if (wrong > SHOWN)
			continue;
		text_add(&claim->text, "\n  > %llu ns: ",
			 (unsigned long long)record->latency_ns);
		text_numbered(&claim->text, trace, i);
	}
	if (wrong > SHOWN)
		text_add(&claim->text, "\n  ... and %zu more", wrong - SHOWN);
	if (count > 0)
		return;
	text_add(&claim->text, "expected runs of ");
	match_text_subject(&claim->text, match->subject);
	text_add(&claim->text, " that can be timed, but none ended");
	near_say(claim, match, 0);
}

EXPORT const char *await_claim_took(const struct await_trace *trace,
				    struct await_subject subject,
				    uint64_t least_ns, uint64_t most_ns)
{
	const struct await_match *match =
		await_match_event(AWAIT_EVENT_EXEC_END, -1, subject);
	struct claim claim;

	if (claim_begin(&claim, trace) && claim_prepare(&claim, match, NULL)) {
		if (least_ns > most_ns)
			text_add(&claim.text,
				 "no time is at least %llu and at most %llu ns",
				 (unsigned long long)least_ns,
				 (unsigned long long)most_ns);
		else
			took(&claim, match, least_ns, most_ns);
	}
	return claim_end(&claim);
}

EXPORT const char *await_claim_nothing_lost(const struct await_trace *trace)
{
	struct claim claim;

	/* Every claim begins with this one. */
	claim_begin(&claim, trace);
	return claim_end(&claim);
}
