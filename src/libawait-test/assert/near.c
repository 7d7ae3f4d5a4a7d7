/* SPDX-License-Identifier: MIT */
/*
 * Hints for failures: the event at the least distance from a matcher, and the
 * names of the trace that look most like one that no event has.
 */
#include "libawait-test/assert/near.h"

#include "libawait-test/assert/match_text.h"
#include "libawait-test/assert/side_by_side.h"

#include <string.h>

#define NAMES 64 /* of the trace, at most */
#define NAMES_SHOWN 5
#define NAME_LENGTH 64 /* compared */

static bool is_subject(struct await_subject subject,
		       const struct record *record)
{
	if (subject.kind == 'f')
		return strcmp(subject.pointer, text_function(record)) == 0;
	return subject.kind == 'a' || subject.id == record->id;
}

static unsigned event_distance(const struct await_match *match,
			       const struct record *record)
{
	unsigned distance = is_subject(match->subject, record) ? 0 : 2;

	if (match->type != -1 && match->type != record->type)
		distance += match->subject.kind == 'a' ? FAR : 2;
	else if (match->state != -1 && match->state != record->state)
		distance += 1;
	return distance;
}

static unsigned list_distance(const struct await_match *match,
			      const struct claim *claim,
			      const struct record *record)
{
	unsigned sum = 0, least = FAR;

	for (const struct await_match *link = match->first; link;
	     link = link->next) {
		unsigned one = near_distance(link->first, claim, record);

		sum += one;
		least = one < least ? one : least;
	}
	return match->kind == MATCH_ALL ? sum : least;
}

unsigned near_distance(const struct await_match *match,
		       const struct claim *claim, const struct record *record)
{
	if (match_event(match, claim, record))
		return 0;
	if (match->kind == MATCH_EVENT)
		return event_distance(match, record);
	if (match->kind == MATCH_ALL || match->kind == MATCH_ANY)
		return list_distance(match, claim, record);
	return 1;
}

/* The index of the nearest record from first on, or NO_INDEX: all are FAR. */
static size_t near_record(const struct await_match *match,
			  const struct claim *claim, size_t first)
{
	const struct await_trace *trace = claim->trace;
	unsigned least = FAR;
	size_t nearest = NO_INDEX;

	for (size_t i = first; i < trace->count && least > 1; i++) {
		unsigned distance =
			near_distance(match, claim, &trace->records[i]);

		if (distance < least) {
			least = distance;
			nearest = i;
		}
	}
	return nearest;
}

void near_say(struct claim *claim, const struct await_match *match,
	      size_t first)
{
	const struct await_trace *trace = claim->trace;
	size_t nearest = near_record(match, claim, first);

	if (nearest != NO_INDEX) {
		text_add(&claim->text,
			 "\n  nearest, event %zu of %zu: ", nearest + 1,
			 trace->count);
		text_record(&claim->text, trace, &trace->records[nearest]);
		text_add(&claim->text, "\n    (");
		match_text_mismatch(&claim->text, match, claim,
				    &trace->records[nearest]);
		text_add(&claim->text, ")");
	}
	near_names(claim, match);
}

/* The edit distance: letters to insert, delete or replace. */
static unsigned name_distance(const char *a, const char *b)
{
	unsigned row[NAME_LENGTH + 1];
	size_t length = strnlen(b, NAME_LENGTH);

	for (size_t j = 0; j <= length; j++)
		row[j] = (unsigned)j;
	for (size_t i = 0; i < NAME_LENGTH && a[i]; i++) {
		unsigned diagonal = row[0]++;

		for (size_t j = 0; j < length; j++) {
			unsigned above = row[j + 1];
			unsigned best = diagonal + (a[i] != b[j]);

			best = above + 1 < best ? above + 1 : best;
			best = row[j] + 1 < best ? row[j] + 1 : best;
			row[j + 1] = best;
			diagonal = above;
		}
	}
	return row[length];
}

/* The different names of the trace's awaits, up to NAMES. */
static size_t collect(const struct await_trace *trace, const char **names)
{
	size_t count = 0;

	for (size_t i = 0; i < trace->count && count < NAMES; i++) {
		const char *name = text_function(&trace->records[i]);
		size_t known = 0;

		while (known < count && strcmp(names[known], name) != 0)
			known++;
		if (known == count)
			names[count++] = name;
	}
	return count;
}

/* Takes the name that is nearest to wanted out of names. */
static const char *take_nearest(const char **names, size_t count,
				const char *wanted)
{
	size_t nearest = 0;
	const char *name;

	for (size_t i = 1; i < count; i++) {
		if (name_distance(names[i], wanted) <
		    name_distance(names[nearest], wanted))
			nearest = i;
	}
	name = names[nearest];
	memmove(&names[nearest], &names[nearest + 1],
		(count - nearest - 1) * sizeof(*names));
	return name;
}

static bool in_trace(const struct await_trace *trace,
		     struct await_subject subject)
{
	for (size_t i = 0; i < trace->count; i++) {
		if (is_subject(subject, &trace->records[i]))
			return true;
	}
	return false;
}

static void say_unknown(struct claim *claim, struct await_subject subject)
{
	struct text *text = &claim->text;
	const char *names[NAMES];
	size_t count;

	text_add(text, "\n  no event of the trace is of ");
	match_text_subject(text, subject);
	count = collect(claim->trace, names);
	if (subject.kind != 'f' || count == 0)
		return;
	text_add(text, "; there %s ", count == 1 ? "is" : "are");
	for (size_t i = 0; i < NAMES_SHOWN && count > 0; i++, count--) {
		text_add(text, "%s", i > 0 ? ", " : "");
		text_name(text, take_nearest(names, count, subject.pointer));
	}
	if (count > 0)
		text_add(text, " and %zu%s others", count,
			 count + NAMES_SHOWN == NAMES ? " or more" : "");
}

void near_names(struct claim *claim, const struct await_match *match)
{
	if (!match)
		return;
	if ((match->kind == MATCH_EVENT || match->kind == MATCH_INSIDE) &&
	    match->subject.kind != 'a' &&
	    !in_trace(claim->trace, match->subject))
		say_unknown(claim, match->subject);
	for (const struct await_match *link = match->first; link;
	     link = link->next)
		near_names(claim, link->first);
}
