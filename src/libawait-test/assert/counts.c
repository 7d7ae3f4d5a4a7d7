/* SPDX-License-Identifier: MIT */
/* Claims of numbers, and of what each of some events has to be. */
#include "libawait-test/assert/claims.h"

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

/* Those that match, and all too, or not. */
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
	words_count(&claim->text, match, least, most, count);
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

	if (claim_begin(&claim, trace) && claim_uses(&claim, match, NULL)) {
		if (least > most)
			text_add(&claim.text,
				 "no number is at least %zu and at most %zu",
				 least, most);
		else
			count_between(&claim, match, least, most);
	}
	return claim_end(&claim);
}

/* The events that match matches and all does not. */
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
		words_differs(&claim->text, all, claim, record);
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
	words_match(&claim->text, match);
	text_add(&claim->text, " to be ");
	words_match(&claim->text, all);
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

	if (claim_begin(&claim, trace) && claim_uses(&claim, match, NULL) &&
	    claim_uses(&claim, all, match))
		each(&claim, match, all);
	return claim_end(&claim);
}

static void before(struct claim *claim, const struct await_match *first,
		   const struct await_match *then)
{
	const struct await_trace *trace = claim->trace;
	const struct await_match *missing;
	size_t last = NONE, begin = NONE;

	for (size_t i = 0; i < trace->count; i++) {
		if (match_event(first, claim, &trace->records[i]))
			last = i;
		if (begin == NONE &&
		    match_event(then, claim, &trace->records[i]))
			begin = i;
	}
	if (last != NONE && begin != NONE && last < begin)
		return;
	text_add(&claim->text, "expected every ");
	words_match(&claim->text, first);
	text_add(&claim->text, " before any ");
	words_match(&claim->text, then);
	if (last == NONE || begin == NONE) {
		missing = last == NONE ? first : then;
		text_add(&claim->text, ", but there is no ");
		words_match(&claim->text, missing);
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

	if (claim_begin(&claim, trace) && claim_uses(&claim, first, NULL) &&
	    claim_uses(&claim, then, NULL))
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
			words_subject(&claim->text, match->subject);
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
	words_subject(&claim->text, match->subject);
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

	if (claim_begin(&claim, trace) && claim_uses(&claim, match, NULL)) {
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

	/* All that there is to say is said of every trace. */
	claim_begin(&claim, trace);
	return claim_end(&claim);
}
