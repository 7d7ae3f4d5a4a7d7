/* SPDX-License-Identifier: MIT */
/*
 * Matchers: built by the macros of <await/test.h>, evaluated on one event at a
 * time.
 *
 * The result is UNKNOWN where a matcher needs a stack that was not recorded,
 * and combines as in three-valued logic, so that "none of those with main on
 * the stack" does not hold for lack of stacks. claim_prepare() rejects a claim
 * with such a result.
 */
#include "libawait-test/assert/match.h"

#include "common/assert.h"
#include "common/export.h"
#include "libawait-test/assert/by_id.h"
#include "libawait-test/assert/claim.h"
#include "libawait-test/assert/per_thread.h"
#include "libawait-test/records/event_text.h"
#include "libawait-test/records/functions.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

EXPORT const struct await_match *await_match_event(int type, int state,
						   struct await_subject subject)
{
	struct await_match *match = per_thread_match(MATCH_EVENT);

	if (match->kind == MATCH_EVENT) {
		match->type = type;
		match->state = state;
		match->subject = subject;
	}
	return match;
}

EXPORT const struct await_match *
await_match_inside(struct await_subject subject)
{
	struct await_match *match = per_thread_match(MATCH_INSIDE);

	if (match->kind == MATCH_INSIDE)
		match->subject = subject;
	return match;
}

EXPORT const struct await_match *
await_match_list(char how, const struct await_match *const *list)
{
	struct await_match *match = per_thread_match(how == '&' ? MATCH_ALL :
						     how == '|' ? MATCH_ANY :
								  MATCH_NONE);
	const struct await_match **end = &match->first;

	for (; *list && match->kind < MATCH_EXHAUSTED; list++) {
		struct await_match *link = per_thread_match(MATCH_LINK);

		if (link->kind != MATCH_LINK)
			return link;
		link->first = *list;
		*end = link;
		end = &link->next;
	}
	return match;
}

static const struct await_match *leaf(enum match_kind kind, const char *name,
				      int64_t number)
{
	struct await_match *match = per_thread_match(kind);

	if (match->kind == kind) {
		match->name = name;
		match->number = number;
	}
	return match;
}

EXPORT const struct await_match *await_made_at(const char *file, unsigned line)
{
	return leaf(MATCH_MADE_AT, file, line);
}

EXPORT const struct await_match *await_called_at(const char *file,
						 unsigned line)
{
	return leaf(MATCH_CALLED_AT, file, line);
}

EXPORT const struct await_match *await_from(const char *function)
{
	return leaf(MATCH_FROM, function, 0);
}

EXPORT const struct await_match *await_with_stack(const char *function)
{
	return leaf(MATCH_STACK, function, 0);
}

EXPORT const struct await_match *await_on_thread(uint32_t tid)
{
	return leaf(MATCH_THREAD, "", tid);
}

EXPORT const struct await_match *await_with_error(int error)
{
	return leaf(MATCH_ERROR, "", error);
}

EXPORT const struct await_match *
await_where(bool (*matches)(const struct await_seen *event, void *data),
	    void *data, const char *text)
{
	struct await_match *match = per_thread_match(MATCH_WHERE);

	if (match->kind == MATCH_WHERE) {
		match->matches = matches;
		match->data = data;
		match->name = text ? text : "where";
	}
	return match;
}

static bool in_file(const char *file, const char *wanted)
{
	size_t length, wanted_length = strlen(wanted);

	if (!file)
		return false;
	length = strlen(file);
	return length >= wanted_length &&
	       strcmp(file + length - wanted_length, wanted) == 0 &&
	       (length == wanted_length || wanted[0] == '/' ||
		file[length - wanted_length - 1] == '/');
}

static bool called_at(const struct await_match *match,
		      const struct await_trace *trace,
		      const struct record *record)
{
	const char *place =
		functions_line(trace, record->time_ns, record->addr);
	const char *colon = place ? strrchr(place, ':') : NULL;
	char file[PATH_MAX];

	if (!colon || colon - place >= PATH_MAX)
		return false;
	memcpy(file, place, (size_t)(colon - place));
	file[colon - place] = '\0';
	return in_file(file, match->name) &&
	       (match->number == 0 || match->number == atoi(colon + 1));
}

static enum answer stack_has(const struct await_trace *trace,
			     const struct record *record, const char *function)
{
	struct await_seen seen;

	if (record->stack == 0)
		return UNKNOWN;
	record_to_seen(trace, record, &seen);
	for (size_t i = 0; i < seen.stack_depth; i++) {
		/* The call is before its return address. */
		if (functions_has(trace, record->time_ns, seen.stack[i] - 1,
				  function))
			return YES;
	}
	return NO;
}

const char *match_parent(const struct claim *claim, const struct record *record)
{
	const struct record *first = by_id_find(&claim->awaits, record->parent);

	return first ? text_function(first) : NULL;
}

static bool inside(const struct await_match *match, const struct claim *claim,
		   const struct record *record)
{
	const char *parent;

	if (match->subject.kind != 'f')
		return record->parent != 0 &&
		       (match->subject.kind == 'a' ||
			record->parent == match->subject.id);
	parent = match_parent(claim, record);
	return parent && strcmp(parent, match->subject.pointer) == 0;
}

static bool of_subject(struct await_subject subject,
		       const struct record *record)
{
	if (subject.kind == 'f')
		return strcmp(text_function(record), subject.pointer) == 0;
	return subject.kind == 'a' || record->id == subject.id;
}

static bool of_event(const struct await_match *match,
		     const struct record *record)
{
	return (match->type == -1 || match->type == record->type) &&
	       (match->state == -1 || match->state == record->state) &&
	       of_subject(match->subject, record);
}

static enum answer evaluate_list(const struct await_match *match,
				 const struct claim *claim,
				 const struct record *record)
{
	/* One of this decides, whatever the others are. */
	enum answer decisive = match->kind == MATCH_ALL ? NO : YES;
	bool unknown = false;

	for (match = match->first; match; match = match->next) {
		enum answer answer =
			match_evaluate(match->first, claim, record);

		if (answer == decisive)
			return decisive;
		unknown |= answer == UNKNOWN;
	}
	return unknown ? UNKNOWN : decisive == NO ? YES : NO;
}

static enum answer evaluate_none(const struct await_match *match,
				 const struct claim *claim,
				 const struct record *record)
{
	enum answer answer = evaluate_list(match, claim, record);

	return answer == UNKNOWN ? UNKNOWN : answer == YES ? NO : YES;
}

static bool evaluate_where(const struct await_match *match,
			   const struct claim *claim,
			   const struct record *record)
{
	struct await_seen seen;

	record_to_seen(claim->trace, record, &seen);
	return match->matches(&seen, match->data);
}

enum answer match_evaluate(const struct await_match *match,
			   const struct claim *claim,
			   const struct record *record)
{
	const struct await_trace *trace = claim->trace;

	if (!match)
		return YES;
	switch (match->kind) {
	case MATCH_EVENT:
		return of_event(match, record) ? YES : NO;
	case MATCH_INSIDE:
		return inside(match, claim, record) ? YES : NO;
	case MATCH_ALL:
	case MATCH_ANY:
		return evaluate_list(match, claim, record);
	case MATCH_NONE:
		return evaluate_none(match, claim, record);
	case MATCH_MADE_AT:
		return in_file(record->site->file, match->name) &&
				       (match->number == 0 ||
					match->number == record->site->line) ?
			       YES :
			       NO;
	case MATCH_CALLED_AT:
		return called_at(match, trace, record) ? YES : NO;
	case MATCH_FROM:
		return functions_has(trace, record->time_ns, record->addr,
				     match->name) ?
			       YES :
			       NO;
	case MATCH_STACK:
		return stack_has(trace, record, match->name);
	case MATCH_THREAD:
		return record->thread == match->number ? YES : NO;
	case MATCH_ERROR:
		return record->error == match->number ? YES : NO;
	case MATCH_WHERE:
		return evaluate_where(match, claim, record) ? YES : NO;
	case MATCH_LINK:
	case MATCH_EXHAUSTED:
	case MATCH_NO_MEMORY:
		ASSERT(!"claim_prepare() rejects them");
		break;
	}
	return NO;
}
