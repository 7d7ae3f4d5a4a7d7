/* SPDX-License-Identifier: MIT */
/*
 * Claims of lists: each expected event is a matcher, and several may match the
 * same event.
 *
 *     sequence     number i matches event i, and that is all
 *     subsequence  the first event that matches is taken: no other choice
 *                  leaves more for the rest
 *     any order    a matching of two sides: one that took what another needs
 *                  gives way if it finds something else (any_order.c)
 */
#include "libawait-test/assert/list.h"

#include <stdlib.h>

static size_t length(const struct await_match *const *expected)
{
	size_t count = 0;

	while (expected && expected[count])
		count++;
	return count;
}

/* What filter matches. */
static bool filtered(struct list *list, const struct await_match *filter)
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

static unsigned differ(const struct show *show, size_t expected,
		       size_t happened)
{
	const struct list *list = show->data;

	return near_distance(list->expected[expected], list->claim,
			     list_record(list, happened));
}

static void left(const struct show *show, size_t expected, struct text *text)
{
	const struct list *list = show->data;

	words_match(text, list->expected[expected]);
}

static void right(const struct show *show, size_t happened, struct text *text)
{
	const struct list *list = show->data;

	text_record(text, list->claim->trace, list_record(list, happened));
}

void list_names(const struct list *list)
{
	struct text *text = &list->claim->text;
	size_t used = text->used;

	for (size_t i = 0; i < list->count && text->used == used; i++)
		near_names(list->claim, list->expected[i]);
}

static void say_sequence(const struct list *list)
{
	struct text *text = &list->claim->text;

	if (list->count == 0) {
		text_add(text, "expected nothing");
	} else {
		text_add(text, "expected exactly ");
		words_events(text, list->count);
	}
	if (list->filter) {
		text_add(text, " among those that match ");
		words_match(text, list->filter);
	}
	if (list->count == list->happened)
		text_add(text, ", but not these:");
	else if (list->happened == 0)
		text_add(text, ", but nothing happened:");
	else
		text_add(text, ", but there %s %zu:",
			 list->happened == 1 ? "was" : "were", list->happened);
}

static void sequence(struct list *list)
{
	const struct show show = { list->count, list->happened, differ,
				   left,	right,		list };
	size_t same = 0;

	while (same < list->count && same < list->happened &&
	       match_event(list->expected[same], list->claim,
			   list_record(list, same)))
		same++;
	if (same == list->count && same == list->happened)
		return;
	say_sequence(list);
	if (!show_aligned(&list->claim->text, &show))
		claim_no_memory(list->claim);
	list_names(list);
}

/* The first event from on that matches, or happened. */
static size_t next(const struct list *list, size_t expected, size_t from)
{
	while (from < list->happened &&
	       !match_event(list->expected[expected], list->claim,
			    list_record(list, from)))
		from++;
	return from;
}

/* Those that were found, and the one that was not. */
static void say_found(const struct list *list, size_t found)
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
		words_match(text, list->expected[i]);
		text_add(text, ": ");
		text_numbered(text, list->claim->trace, list_index(list, at));
	}
	text_add(text, "\n  > ");
	words_match(text, list->expected[found]);
	text_add(text, ": not after that");
	if (found + 1 < list->count)
		text_add(text, "\n    ... and %zu more",
			 list->count - found - 1);
}

static void subsequence(struct list *list)
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
	words_events(text, list->count);
	text_add(text,
		 " in this order, but only the first %zu happened:", found);
	say_found(list, found);
	before = next(list, found, 0);
	if (before < at) {
		text_add(text, "\n  it happened earlier, as ");
		text_numbered(text, list->claim->trace,
			      list_index(list, before));
	} else {
		near_say(list->claim, list->expected[found],
			 at < list->happened ? list_index(list, at) : at);
	}
}

EXPORT const char *await_claim_list(const struct await_trace *trace,
				    enum await_order order,
				    const struct await_match *filter,
				    const struct await_match *const *expected)
{
	struct claim claim;
	struct list list = { .claim = &claim, .filter = filter };
	bool right =
		claim_begin(&claim, trace) && claim_uses(&claim, filter, NULL);

	list.expected = expected;
	list.count = length(expected);
	for (size_t i = 0; right && i < list.count; i++)
		right = claim_uses(&claim, expected[i], filter);
	if (right && filtered(&list, filter)) {
		if (order == AWAIT_SEQUENCE)
			sequence(&list);
		else if (order == AWAIT_SUBSEQUENCE)
			subsequence(&list);
		else
			any_order(&list);
	}
	free(list.records);
	return claim_end(&claim);
}
