/* SPDX-License-Identifier: MIT */
/*
 * Claims of lists. Each expected event is a matcher, and an event may match
 * several of them.
 *
 *     sequence     matcher i matches event i, and there are no more events
 *     subsequence  each matcher takes the first event that it matches: no
 *                  other choice leaves more events for the rest
 *     any order    a bipartite matching (any_order.c)
 */
#include "libawait-test/assert/list.h"

#include "common/export.h"
#include "libawait-test/assert/any_order.h"
#include "libawait-test/assert/match_text.h"
#include "libawait-test/assert/near.h"
#include "libawait-test/assert/side_by_side.h"

#include <stdlib.h>

static size_t length(const struct await_match *const *expected)
{
	size_t count = 0;

	while (expected && expected[count])
		count++;
	return count;
}

/* Finds the events that filter matches. False: no memory. */
static bool filtered(struct list_claim *list, const struct await_match *filter)
{
	const struct await_trace *trace = list->claim->trace;

	list->happened = trace->count;
	if (!filter)
		return true;
	list->records = malloc((trace->count + 1) * sizeof(*list->records));
	if (!list->records)
		return claim_no_memory(list->claim);
	list->happened = 0;
	for (size_t i = 0; i < trace->count; i++) {
		if (match_event(filter, list->claim, &trace->records[i]))
			list->records[list->happened++] = i;
	}
	return true;
}

static unsigned differ(const struct side_by_side *lists, size_t expected,
		       size_t happened)
{
	const struct list_claim *list = lists->data;

	return near_distance(list->expected[expected], list->claim,
			     list_claim_record(list, happened));
}

static void left(const struct side_by_side *lists, size_t expected,
		 struct text *text)
{
	const struct list_claim *list = lists->data;

	match_text(text, list->expected[expected]);
}

static void right(const struct side_by_side *lists, size_t happened,
		  struct text *text)
{
	const struct list_claim *list = lists->data;

	text_record(text, list->claim->trace,
		    list_claim_record(list, happened));
}

/* Names that are expected but that no event has: those of the first matcher
 * that has any. */
static void say_names(const struct list_claim *list)
{
	struct text *text = &list->claim->text;
	size_t used = text->used;

	for (size_t i = 0; i < list->count && text->used == used; i++)
		near_names(list->claim, list->expected[i]);
}

static void say_sequence(const struct list_claim *list)
{
	struct text *text = &list->claim->text;

	if (list->count == 0) {
		text_add(text, "expected nothing");
	} else {
		text_add(text, "expected exactly ");
		match_text_events(text, list->count);
	}
	if (list->filter) {
		text_add(text, " among those that match ");
		match_text(text, list->filter);
	}
	if (list->count == list->happened)
		text_add(text, ", but not these:");
	else if (list->happened == 0)
		text_add(text, ", but nothing happened:");
	else
		text_add(text, ", but there %s %zu:",
			 list->happened == 1 ? "was" : "were", list->happened);
}

static void sequence(struct list_claim *list)
{
	const struct side_by_side lists = { list->count, list->happened, differ,
					    left,	 right,		 list };
	size_t same = 0;

	while (same < list->count && same < list->happened &&
	       match_event(list->expected[same], list->claim,
			   list_claim_record(list, same)))
		same++;
	if (same == list->count && same == list->happened)
		return;
	say_sequence(list);
	if (!side_by_side_add(&list->claim->text, &lists))
		claim_no_memory(list->claim);
	say_names(list);
}

/* The first event, from `from` on, that the matcher matches; or happened. */
static size_t next(const struct list_claim *list, size_t expected, size_t from)
{
	while (from < list->happened &&
	       !match_event(list->expected[expected], list->claim,
			    list_claim_record(list, from)))
		from++;
	return from;
}

/* The matchers that found an event, and the one that did not. */
static void say_found(const struct list_claim *list, size_t found)
{
	struct text *text = &list->claim->text;
	size_t at = 0, first = found > 10 ? found - 10 : 0;

	for (size_t i = 0; i < found; i++, at++) {
		at = next(list, i, at);
		if (i < first)
			continue;
		if (i == first && first > 0)
			text_add(text, "\n    ... %zu events as expected",
				 first);
		text_add(text, "\n    ");
		match_text(text, list->expected[i]);
		text_add(text, ": ");
		text_numbered(text, list->claim->trace,
			      list_claim_index(list, at));
	}
	text_add(text, "\n  > ");
	match_text(text, list->expected[found]);
	text_add(text, ": not after that");
	if (found + 1 < list->count)
		text_add(text, "\n    ... and %zu more",
			 list->count - found - 1);
}

static void subsequence(struct list_claim *list)
{
	struct text *text = &list->claim->text;
	size_t at = 0, found, before;

	for (found = 0; found < list->count; found++, at++) {
		size_t hit = next(list, found, at);

		if (hit == list->happened)
			break;
		at = hit;
	}
	if (found == list->count)
		return;
	text_add(text, "expected ");
	match_text_events(text, list->count);
	text_add(text,
		 " in this order, but only the first %zu happened:", found);
	say_found(list, found);
	before = next(list, found, 0);
	if (before < at) {
		text_add(text, "\n  it happened earlier, as ");
		text_numbered(text, list->claim->trace,
			      list_claim_index(list, before));
	} else {
		near_say(list->claim, list->expected[found],
			 at < list->happened ? list_claim_index(list, at) : at);
	}
}

EXPORT const char *await_claim_list(const struct await_trace *trace,
				    enum await_order order,
				    const struct await_match *filter,
				    const struct await_match *const *expected)
{
	struct claim claim;
	struct list_claim list = { .claim = &claim, .filter = filter };
	bool right = claim_begin(&claim, trace) &&
		     claim_prepare(&claim, filter, NULL);

	list.expected = expected;
	list.count = length(expected);
	for (size_t i = 0; right && i < list.count; i++)
		right = claim_prepare(&claim, expected[i], filter);
	if (right && filtered(&list, filter)) {
		if (order == AWAIT_SEQUENCE)
			sequence(&list);
		else if (order == AWAIT_SUBSEQUENCE)
			subsequence(&list);
		else if (!any_order(&list))
			say_names(&list);
	}
	free(list.records);
	return claim_end(&claim);
}
