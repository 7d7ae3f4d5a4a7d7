/* SPDX-License-Identifier: MIT */
/*
 * Any order: a largest matching of expectations and events, by augmenting
 * paths. As many events as expectations are looked at whatever it takes; where
 * there are more the claim fails anyway, and the first ones must do to show
 * why.
 */
#include "libawait-test/assert/list.h"

#include <stdlib.h>
#include <string.h>

#define CELLS (1u << 20)
#define SHOWN 10

struct order {
	const struct list *list;
	size_t happened;	/* events that are looked at */
	unsigned char *matches; /* expected * happened */
	unsigned char *tried;	/* happened, in this search */
	size_t *taken_by;	/* happened: an expectation, or NONE */
	size_t *took;		/* expected: an event, or NONE */
};

static bool take(struct order *order, size_t expected, size_t event)
{
	order->taken_by[event] = expected;
	order->took[expected] = event;
	return true;
}

static bool augment(struct order *order, size_t expected)
{
	const unsigned char *matches =
		order->matches + expected * order->happened;

	/* Most find one that is free: no need to move others. */
	for (size_t i = 0; i < order->happened; i++) {
		if (matches[i] && order->taken_by[i] == NONE)
			return take(order, expected, i);
	}
	for (size_t i = 0; i < order->happened; i++) {
		if (!matches[i] || order->tried[i])
			continue;
		order->tried[i] = 1;
		if (augment(order, order->taken_by[i]))
			return take(order, expected, i);
	}
	return false;
}

/* Returns how many expectations have an event of their own. */
static size_t pair(struct order *order)
{
	const struct list *list = order->list;
	size_t pairs = 0;

	for (size_t e = 0; e < list->count; e++) {
		for (size_t i = 0; i < order->happened; i++)
			order->matches[e * order->happened + i] =
				match_event(list->expected[e], list->claim,
					    list_record(list, i));
	}
	for (size_t i = 0; i < order->happened; i++)
		order->taken_by[i] = NONE;
	for (size_t e = 0; e < list->count; e++) {
		memset(order->tried, 0, order->happened);
		order->took[e] = NONE;
		pairs += augment(order, e);
	}
	return pairs;
}

/* Of those that nothing was expected of, the one that match nearly matches. */
static void say_nearest(const struct order *order,
			const struct await_match *match)
{
	const struct list *list = order->list;
	struct text *text = &list->claim->text;
	unsigned least = FAR;
	size_t nearest = 0;

	for (size_t i = 0; i < order->happened; i++) {
		unsigned distance;

		if (order->taken_by[i] != NONE)
			continue;
		distance =
			near_distance(match, list->claim, list_record(list, i));
		if (distance < least) {
			least = distance;
			nearest = i;
		}
	}
	if (least == FAR)
		return;
	text_add(text,
		 "\n    nearest, event %zu: ", list_index(list, nearest) + 1);
	words_differs(text, match, list->claim, list_record(list, nearest));
}

static void say_missing(const struct order *order)
{
	const struct list *list = order->list;
	struct text *text = &list->claim->text;
	size_t shown = 0;

	for (size_t e = 0; e < list->count && shown < SHOWN; e++) {
		if (order->took[e] != NONE)
			continue;
		shown++;
		text_add(text, "\n  > expected, did not happen: ");
		words_match(text, list->expected[e]);
		say_nearest(order, list->expected[e]);
	}
}

static void say_others(const struct order *order)
{
	const struct list *list = order->list;
	struct text *text = &list->claim->text;
	size_t shown = 0;

	for (size_t i = 0; i < order->happened && shown < SHOWN; i++) {
		if (order->taken_by[i] != NONE)
			continue;
		shown++;
		text_add(text, "\n  > not expected: ");
		text_numbered(text, list->claim->trace, list_index(list, i));
	}
}

static void say(const struct order *order, size_t pairs)
{
	const struct list *list = order->list;
	struct text *text = &list->claim->text;

	text_add(text, "expected ");
	words_events(text, list->count);
	text_add(text, " in any order");
	if (list->filter) {
		text_add(text, " among those that match ");
		words_match(text, list->filter);
	}
	text_add(text, ", but %zu did not happen and %zu others did:",
		 list->count - pairs, list->happened - pairs);
	say_missing(order);
	say_others(order);
	if (list->count - pairs > SHOWN || list->happened - pairs > SHOWN)
		text_add(text, "\n    ... the first %d of each", SHOWN);
	list_names(list);
}

void any_order(struct list *list)
{
	struct order order = { .list = list, .happened = list->happened };
	size_t pairs;

	if (list->happened > list->count &&
	    list->happened > CELLS / (list->count + 1))
		order.happened = CELLS / (list->count + 1);
	order.matches = malloc(list->count * order.happened + 1);
	order.tried = malloc(order.happened + 1);
	order.taken_by = malloc((order.happened + 1) * sizeof(size_t));
	order.took = malloc((list->count + 1) * sizeof(size_t));
	if (order.matches && order.tried && order.taken_by && order.took) {
		pairs = pair(&order);
		if (pairs < list->count || pairs < list->happened)
			say(&order, pairs);
	} else {
		claim_no_memory(list->claim);
	}
	free(order.matches);
	free(order.tried);
	free(order.taken_by);
	free(order.took);
}
