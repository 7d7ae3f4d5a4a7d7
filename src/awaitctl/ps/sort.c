/* SPDX-License-Identifier: MIT */
/* See sort.h. */
#include "awaitctl/ps/sort.h"

#include <await/core.h>

#include <string.h>

static int state_rank(const struct row *row)
{
	static const int ranks[VIEW_STATES] = {
		[AWAIT_RUNNING] = 1,   [AWAIT_FAILED] = 2,
		[AWAIT_PENDING] = 3,   [AWAIT_RESOLVED] = 4,
		[AWAIT_CANCELLED] = 5,
	};

	return ranks[view_state(row)];
}

int order_sites(const struct names_site *a, const struct names_site *b)
{
	int order;

	if (a->known != b->known)
		return a->known ? -1 : 1;
	if (!a->known)
		return a->address < b->address ? -1 : a->address > b->address;
	order = strcmp(a->file, b->file);
	if (order == 0 && a->line != b->line)
		order = a->line < b->line ? -1 : 1;
	return order;
}

static int by_key(const struct view *view, enum view_key key,
		  const struct row *a, const struct row *b)
{
	switch (key) {
	case KEY_STATE:
		return state_rank(a) - state_rank(b);
	case KEY_FUNCTION:
		return strcmp(view_function(a->site), view_function(b->site));
	case KEY_TYPE:
		return strcmp(view_type(a->site), view_type(b->site));
	case KEY_SITE:
		return order_sites(a->site, b->site);
	case KEY_WAITERS:
		return (int)view_waiters(view, &b->seen) -
		       (int)view_waiters(view, &a->seen);
	case KEY_ATTEMPTS:
		return (int)(b->seen.serial & SERIAL_ATTEMPTS) -
		       (int)(a->seen.serial & SERIAL_ATTEMPTS);
	default:
		return 0;
	}
}

/* By the slot first, so that #12.3 stands beside #12. */
static int by_id(const struct row *a, const struct row *b)
{
	uint32_t left = (uint32_t)a->seen.id, right = (uint32_t)b->seen.id;

	if (a->copy != b->copy)
		return a->copy->layout.at < b->copy->layout.at ? -1 : 1;
	return left < right ? -1 : left > right;
}

int order_rows(const void *left, const void *right, void *data)
{
	const struct view *view = data;
	const struct row *a = left, *b = right;
	int order = by_key(view, view->options->sort, a, b);

	if (order == 0)
		order = by_id(a, b);
	return view->options->reverse ? -order : order;
}

int order_groups(const void *left, const void *right, void *data)
{
	const struct group *a = left, *b = right;
	const struct view *view = data;
	int order;

	if (a->total != b->total)
		return a->total > b->total ? -1 : 1;
	if (view->options->group == KEY_STATE)
		return (int)a->state - (int)b->state;
	if (view->options->group == KEY_TYPE)
		return strcmp(view_type(a->site), view_type(b->site));
	order = strcmp(view_function(a->site), view_function(b->site));
	return order ? order : order_sites(a->site, b->site);
}
