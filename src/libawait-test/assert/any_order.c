/* SPDX-License-Identifier: MIT */
/*
 * Any order: a largest matching of expectations and events, by augmenting
 * paths. If there are more events than expectations the claim fails whatever
 * the matching is; then only as many as CELLS allows take part, to show why,
 * but always at least one for each expectation.
 */
#include "libawait-test/assert/any_order.h"

#include "common/assert.h"
#include "libawait-test/assert/match_text.h"
#include "libawait-test/assert/near.h"
#include "libawait-test/assert/side_by_side.h"

#include <stdlib.h>
#include <string.h>

#define CELLS (1u << 20)
#define SHOWN 10

struct pairing {
	const struct list_claim *list;
	size_t happened;	/* events that take part */
	unsigned char *matches; /* expected * happened */
	unsigned char *tried;	/* happened, by this search */
	size_t *taken_by;	/* happened: an expectation, or NO_INDEX */
	size_t *took;		/* expected: an event, or NO_INDEX */
};

static bool take(struct pairing *pairing, size_t expected, size_t event)
{
	pairing->taken_by[event] = expected;
	pairing->took[expected] = event;
	return true;
}

static bool augment(struct pairing *pairing, size_t expected)
{
	const unsigned char *matches =
		pairing->matches + expected * pairing->happened;

	/* Most find one that is free: no need to move others. */
	for (size_t i = 0; i < pairing->happened; i++) {
		if (matches[i] && pairing->taken_by[i] == NO_INDEX)
			return take(pairing, expected, i);
	}
	for (size_t i = 0; i < pairing->happened; i++) {
		if (!matches[i] || pairing->tried[i])
			continue;
		pairing->tried[i] = 1;
		if (augment(pairing, pairing->taken_by[i]))
			return take(pairing, expected, i);
	}
	return false;
}

/* Returns how many expectations have an event of their own. */
static size_t pair(struct pairing *pairing)
{
	const struct list_claim *list = pairing->list;
	size_t pairs = 0;

	for (size_t e = 0; e < list->count; e++) {
		for (size_t i = 0; i < pairing->happened; i++)
			pairing->matches[e * pairing->happened + i] =
				match_event(list->expected[e], list->claim,
					    list_claim_record(list, i));
	}
	for (size_t i = 0; i < pairing->happened; i++)
		pairing->taken_by[i] = NO_INDEX;
	for (size_t e = 0; e < list->count; e++) {
		memset(pairing->tried, 0, pairing->happened);
		pairing->took[e] = NO_INDEX;
		pairs += augment(pairing, e);
	}
	ASSERT(pairs <= list->count && pairs <= pairing->happened);
	return pairs;
}

/* Adds the unexpected event that match nearly matches. */
static void say_nearest(const struct pairing *pairing,
			const struct await_match *match)
{
	const struct list_claim *list = pairing->list;
	struct text *text = &list->claim->text;
	unsigned least = FAR;
	size_t nearest = 0;

	for (size_t i = 0; i < pairing->happened; i++) {
		unsigned distance;

		if (pairing->taken_by[i] != NO_INDEX)
			continue;
		distance = near_distance(match, list->claim,
					 list_claim_record(list, i));
		if (distance < least) {
			least = distance;
			nearest = i;
		}
	}
	if (least == FAR)
		return;
	text_add(text, "\n    nearest, event %zu: ",
		 list_claim_index(list, nearest) + 1);
	match_text_mismatch(text, match, list->claim,
			    list_claim_record(list, nearest));
}

static void say_missing(const struct pairing *pairing)
{
	const struct list_claim *list = pairing->list;
	struct text *text = &list->claim->text;
	size_t shown = 0;

	for (size_t e = 0; e < list->count && shown < SHOWN; e++) {
		if (pairing->took[e] != NO_INDEX)
			continue;
		shown++;
		text_add(text, "\n  > expected, did not happen: ");
		match_text(text, list->expected[e]);
		say_nearest(pairing, list->expected[e]);
	}
}

static void say_others(const struct pairing *pairing)
{
	const struct list_claim *list = pairing->list;
	struct text *text = &list->claim->text;
	size_t shown = 0;

	for (size_t i = 0; i < pairing->happened && shown < SHOWN; i++) {
		if (pairing->taken_by[i] != NO_INDEX)
			continue;
		shown++;
		text_add(text, "\n  > not expected: ");
		text_numbered(text, list->claim->trace,
			      list_claim_index(list, i));
	}
}

static void say(const struct pairing *pairing, size_t pairs)
{
	const struct list_claim *list = pairing->list;
	struct text *text = &list->claim->text;

	text_add(text, "expected ");
	match_text_events(text, list->count);
	text_add(text, " in any order");
	if (list->filter) {
		text_add(text, " among those that match ");
		match_text(text, list->filter);
	}
	text_add(text, ", but %zu did not happen and %zu others did:",
		 list->count - pairs, list->happened - pairs);
	say_missing(pairing);
	say_others(pairing);
	if (list->count - pairs > SHOWN || list->happened - pairs > SHOWN)
		text_add(text, "\n    ... the first %d of each", SHOWN);
}

bool any_order(const struct list_claim *list)
{
	struct pairing pairing = { .list = list, .happened = list->happened };
	bool right = true;
	size_t pairs;

	if (list->happened > list->count &&
	    list->happened > CELLS / (list->count + 1))
		pairing.happened = CELLS / (list->count + 1);
	pairing.matches = malloc(list->count * pairing.happened + 1);
	pairing.tried = malloc(pairing.happened + 1);
	pairing.taken_by = malloc((pairing.happened + 1) * sizeof(size_t));
	pairing.took = malloc((list->count + 1) * sizeof(size_t));
	if (pairing.matches && pairing.tried && pairing.taken_by &&
	    pairing.took) {
		pairs = pair(&pairing);
		right = pairs == list->count && pairs == list->happened;
		if (!right)
			say(&pairing, pairs);
	} else {
		claim_no_memory(list->claim);
	}
	free(pairing.matches);
	free(pairing.tried);
	free(pairing.taken_by);
	free(pairing.took);
	return right;
}
