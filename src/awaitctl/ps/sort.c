/* SPDX-License-Identifier: MIT */
/* See sort.h. */
#include "awaitctl/ps/sort.h"

#include <await/core.h>

#include <string.h>

static int state_rank(const struct view_row *row)
{
	static const int ranks[VIEW_STATES] = {
		[AWAIT_RUNNING] = 1,   [AWAIT_FAILED] = 2,
		[AWAIT_PENDING] = 3,   [AWAIT_RESOLVED] = 4,
		[AWAIT_CANCELLED] = 5,
	};

	return ranks[view_state(row)];
}

int sort_compare_sites(const struct names_site *a, const struct names_site *b)
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
		  const struct view_row *a, const struct view_row *b)
{
	switch (key) {
	case VIEW_BY_STATE:
		return state_rank(a) - state_rank(b);
	case VIEW_BY_FUNCTION:
		return strcmp(view_function(a->site), view_function(b->site));
	case VIEW_BY_TYPE:
		return strcmp(view_type(a->site), view_type(b->site));
	case VIEW_BY_SITE:
		return sort_compare_sites(a->site, b->site);
	case VIEW_BY_WAITERS:
		return (int)view_waiters(view, &b->seen) -
		       (int)view_waiters(view, &a->seen);
	case VIEW_BY_ATTEMPTS:
		return (int)(b->seen.serial & SERIAL_ATTEMPTS) -
		       (int)(a->seen.serial & SERIAL_ATTEMPTS);
	default:
		return 0;
	}
}

/* By copy and slot, whatever the generation: #12.3 comes before #13. */
static int by_id(const struct view_row *a, const struct view_row *b)
{
	uint32_t left = (uint32_t)a->seen.id, right = (uint32_t)b->seen.id;

	if (a->copy != b->copy)
		return a->copy->layout.at < b->copy->layout.at ? -1 : 1;
	return left < right ? -1 : left > right;
}

int sort_compare_rows(const void *left, const void *right, void *data)
{
	const struct view *view = data;
	const struct view_row *a = left, *b = right;
	int order = by_key(view, view->options->sort, a, b);

	if (order == 0)
		order = by_id(a, b);
	return view->options->reverse ? -order : order;
}

int sort_compare_groups(const void *left, const void *right, void *data)
{
	const struct view_group *a = left, *b = right;
	const struct view *view = data;
	int order;

	if (a->total != b->total)
		return a->total > b->total ? -1 : 1;
	if (view->options->group == VIEW_BY_STATE)
		return (int)a->state - (int)b->state;
	if (view->options->group == VIEW_BY_TYPE)
		return strcmp(view_type(a->site), view_type(b->site));
	order = strcmp(view_function(a->site), view_function(b->site));
	return order ? order : sort_compare_sites(a->site, b->site);
}
