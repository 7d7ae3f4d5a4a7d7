/* SPDX-License-Identifier: MIT */
/* See view.h. */
#define _GNU_SOURCE /* qsort_r */
#include "awaitctl/ps/sort.h"
#include "common/array.h"

#include <fnmatch.h>
#include <await/core.h>

#include <stdlib.h>
#include <string.h>

/* What the options say of a site; its note points to it. */
struct verdict {
	bool matches;
	size_t group; /* + 1; 0: none yet */
};

struct copy_walk {
	struct view *view;
	struct process_copy *copy;
};

const char *view_key_name(enum view_key key)
{
	static const char *const names[] = {
		[VIEW_BY_NONE] = "",	       [VIEW_BY_ID] = "id",
		[VIEW_BY_STATE] = "state",     [VIEW_BY_FUNCTION] = "function",
		[VIEW_BY_TYPE] = "type",       [VIEW_BY_SITE] = "site",
		[VIEW_BY_WAITERS] = "waiters", [VIEW_BY_ATTEMPTS] = "attempts",
	};

	return names[key];
}

uint32_t view_state(const struct view_row *row)
{
	return slots_state(&row->copy->slots, &row->seen) % VIEW_STATES;
}

const char *view_function(const struct names_site *site)
{
	return site->known ? site->func->name : "?";
}

const char *view_type(const struct names_site *site)
{
	return site->known ? site->func->type.name : "?";
}

static int by_number(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return a < b ? -1 : a > b;
}

size_t view_waiters(const struct view *view, const struct slots_await *seen)
{
	size_t count = 0;
	const uint64_t *at, *first = view->waits;

	if (!view->wait_count)
		return 0;
	at = bsearch(&seen->address, first, view->wait_count, sizeof(*first),
		     by_number);
	if (!at)
		return 0;
	while (at > first && at[-1] == seen->address)
		at--;
	for (; at < first + view->wait_count && *at == seen->address; at++)
		count++;
	return count;
}

/* --- rows --- */

static void sort_rows(struct view *view)
{
	size_t limit = view->options->limit;

	if (view->count)
		qsort_r(view->rows, view->count, sizeof(*view->rows),
			sort_compare_rows, view);
	if (limit && view->count > limit) {
		view->count = limit;
		view->cut = true;
	}
}

/* Keeps twice the limit at most; a row that sorts behind all that were kept is
 * not added at all. */
static void add_row(struct view *view, const struct view_row *row)
{
	size_t limit = view->options->limit;
	struct view_row *larger;

	if (limit && view->count >= 2 * limit)
		sort_rows(view);
	if (view->cut &&
	    sort_compare_rows(row, &view->rows[limit - 1], view) > 0)
		return;
	larger = array_grow(view->rows, view->count, sizeof(*larger));
	if (!larger) {
		view->no_memory = true;
		return;
	}
	view->rows = larger;
	view->rows[view->count++] = *row;
}

/* --- groups --- */

static bool same_group(const struct view *view, const struct view_group *group,
		       const struct view_row *row)
{
	const struct names_site *a = group->site, *b = row->site;

	switch (view->options->group) {
	case VIEW_BY_STATE:
		return group->state == view_state(row);
	case VIEW_BY_FUNCTION:
		return !strcmp(view_function(a), view_function(b)) &&
		       !strcmp(view_type(a), view_type(b));
	case VIEW_BY_TYPE:
		return !strcmp(view_type(a), view_type(b));
	default:
		return sort_compare_sites(a, b) == 0 &&
		       !strcmp(view_function(a), view_function(b));
	}
}

static size_t find_group(struct view *view, const struct view_row *row)
{
	struct view_group *larger;
	size_t i;

	for (i = 0; i < view->group_count; i++)
		if (same_group(view, &view->groups[i], row))
			return i + 1;
	larger = array_grow(view->groups, i, sizeof(*larger));
	if (!larger) {
		view->no_memory = true;
		return 0;
	}
	view->groups = larger;
	larger[i] = (struct view_group){
		.state = view_state(row),
		.copy = row->copy,
		.site = row->site,
	};
	return ++view->group_count;
}

static void add_to_group(struct view *view, const struct view_row *row)
{
	struct verdict *verdict = row->site->note;
	size_t found = verdict->group;
	struct view_group *group;

	/* A site's awaits are in one group, unless these are of states. */
	if (!found || view->options->group == VIEW_BY_STATE)
		found = verdict->group = find_group(view, row);
	if (!found)
		return;
	group = &view->groups[found - 1];
	group->states[view_state(row)]++;
	group->total++;
}

/* --- selection --- */

static bool site_matches(const struct view_options *options,
			 const struct names_site *site)
{
	if (options->function &&
	    (!site->known ||
	     fnmatch(options->function, site->func->name, 0) != 0))
		return false;
	return !options->type ||
	       (site->known &&
		(!strcmp(options->type, site->func->type.name) ||
		 !strcmp(options->type, site->func->type.spelling)));
}

static struct verdict *verdict_of(struct view *view, struct names_site *site)
{
	struct verdict *verdict = site->note;

	if (!verdict) {
		verdict = site->note = calloc(1, sizeof(*verdict));
		if (verdict)
			verdict->matches = site_matches(view->options, site);
	}
	return verdict;
}

static void visit(void *data, const struct slots_await *seen)
{
	struct copy_walk *walk = data;
	struct view *view = walk->view;
	struct names_site *site = names_site_at(&walk->copy->names, seen->site);
	struct view_row row = { .seen = *seen,
				.copy = walk->copy,
				.site = site };
	struct verdict *verdict = site ? verdict_of(view, site) : NULL;
	uint32_t state = view_state(&row);

	view->states[state]++;
	view->total++;
	if (!verdict) {
		view->no_memory = true;
		return;
	}
	if (!verdict->matches ||
	    (view->options->states && !(view->options->states & 1u << state)))
		return;
	view->matching++;
	if (view->options->group != VIEW_BY_NONE)
		add_to_group(view, &row);
	else
		add_row(view, &row);
}

static int note_waits(struct view *view)
{
	size_t count = 1;

	for (size_t i = 0; i < view->threads.count; i++)
		count += 1 + view->threads.threads[i].any_count;
	view->waits = calloc(count, sizeof(*view->waits));
	if (!view->waits)
		return -1;
	for (size_t i = 0; i < view->threads.count; i++) {
		const struct thread_seen *thread = &view->threads.threads[i];

		if (!thread->blocked || thread->moving)
			continue;
		if (!thread->any)
			view->waits[view->wait_count++] = thread->on.address;
		for (size_t j = 0; j < thread->any_count; j++)
			view->waits[view->wait_count++] =
				thread->any[j].address;
	}
	qsort(view->waits, view->wait_count, sizeof(*view->waits), by_number);
	return 0;
}

static int take(struct view *view)
{
	struct process *process = view->process;

	if (threads_read(&view->threads, process) || note_waits(view) ||
	    cycles_find(&view->cycles, &view->threads, process))
		return -1;
	memory_next_part(&process->memory);
	for (size_t i = 0; i < process->count; i++) {
		struct copy_walk walk = { view, process->copies[i] };

		if (slots_walk(&process->copies[i]->slots, visit, &walk))
			return -1;
	}
	sort_rows(view);
	if (view->group_count)
		qsort_r(view->groups, view->group_count, sizeof(*view->groups),
			sort_compare_groups, view);
	return view->no_memory ? -1 : 0;
}

int view_take(struct view *view, struct process *process,
	      const struct view_options *options, struct trouble *why)
{
	*view = (struct view){ .options = options, .process = process };
	if (process_look(process, why))
		return -1;
	if (take(view))
		return trouble(why, "out of memory");
	return process_check(process, why);
}

void view_free(struct view *view)
{
	for (size_t i = 0; i < view->process->count; i++) {
		const struct table *sites =
			&view->process->copies[i]->names.sites;

		for (size_t j = 0; j < sites->size; j++)
			if (sites->slots[j].item) {
				struct names_site *site = sites->slots[j].item;

				free(site->note);
				site->note = NULL;
			}
		if (view->process->copies[i]->names.others) {
			free(view->process->copies[i]->names.others->note);
			view->process->copies[i]->names.others->note = NULL;
		}
	}
	free(view->rows);
	free(view->groups);
	free(view->waits);
	cycles_free(&view->cycles);
	threads_free(&view->threads);
}
