/* SPDX-License-Identifier: MIT */
/* See match.h. */
#include "awaitctl/diff/match.h"

#include "awaitctl/common/say.h"
#include "common/number.h"

#include <stdlib.h>
#include <string.h>

/* Without the host that text may end in. */
static bool is_named(const struct lives_process *process, const char *text,
		     size_t length)
{
	const char *name = process->name ? process->name : "";
	const char *end;
	uint64_t number;

	if (length == strlen(name) && !strncmp(name, text, length))
		return true;
	end = number_prefix(text, INT64_MAX, &number);
	return end == text + length && process->vpid == (int64_t)number;
}

static bool is_chosen(const struct lives_process *process, const char *text)
{
	const char *at = strrchr(text, '@');

	if (is_named(process, text, strlen(text)))
		return true;
	return at && !strcmp(at + 1, process->host) &&
	       is_named(process, text, (size_t)(at - text));
}

/* One that uses no await has nothing to compare. */
int match_choose(struct run *run, const char *text)
{
	bool any = false;

	for (size_t i = 0; i < run->process_count; i++) {
		struct run_process *process = &run->processes[i];

		process->compared =
			process->compared && process->process->events &&
			(!text || is_chosen(process->process, text));
		any |= process->compared;
	}
	if (any)
		return 0;
	say("%s: there is no process %s with awaits in it", run->directory,
	    text ? text : "");
	return EXIT_FAILED;
}

static void pair_processes(struct run *a, struct run *b, size_t i, size_t k)
{
	a->processes[i].match = (uint32_t)k;
	b->processes[k].match = (uint32_t)i;
}

static size_t count_compared(const struct run *run)
{
	size_t count = 0;

	for (size_t i = 0; i < run->process_count; i++)
		count += run->processes[i].compared;
	return count;
}

static const char *name_of(const struct run_process *process)
{
	return process->process->name ? process->process->name : "";
}

void match_processes(struct run *a, struct run *b, bool by_name)
{
	if (count_compared(a) == 1 && count_compared(b) == 1)
		by_name = false;
	for (size_t i = 0; i < a->process_count; i++) {
		struct run_process *one = &a->processes[i];

		for (size_t k = 0; one->compared && one->match == RUN_NONE &&
				   k < b->process_count;
		     k++) {
			const struct run_process *other = &b->processes[k];

			if (other->compared && other->match == RUN_NONE &&
			    (!by_name || !strcmp(name_of(one), name_of(other))))
				pair_processes(a, b, i, k);
		}
	}
}

static bool is_main(const struct run_thread *thread)
{
	return thread->thread->tid == thread->thread->process->vpid;
}

/* The next from *at on that is of the process. */
static struct run_thread *next_other(const struct run *run, uint32_t process,
				     size_t *at)
{
	while (*at < run->thread_count) {
		struct run_thread *thread = run->threads[(*at)++];

		if (thread->process == process && !is_main(thread))
			return thread;
	}
	return NULL;
}

static struct run_thread *main_of(const struct run *run, uint32_t process)
{
	for (size_t i = 0; i < run->thread_count; i++)
		if (run->threads[i]->process == process &&
		    is_main(run->threads[i]))
			return run->threads[i];
	return NULL;
}

static void pair_threads(struct run_thread *a, struct run_thread *b)
{
	if (!a || !b)
		return;
	a->match = b->number;
	b->match = a->number;
}

void match_threads(struct run *a, struct run *b)
{
	for (uint32_t i = 0; i < a->process_count; i++) {
		uint32_t other = a->processes[i].match;
		struct run_thread *one, *two;
		size_t at = 0, from = 0;

		if (other == RUN_NONE)
			continue;
		pair_threads(main_of(a, i), main_of(b, other));
		while ((one = next_other(a, i, &at)) &&
		       (two = next_other(b, other, &from)))
			pair_threads(one, two);
	}
}

static const char *base_of(const char *file)
{
	const char *slash = strrchr(file, '/');

	return slash ? slash + 1 : file;
}

/* But for the folders of their files. */
static bool alike(const struct lives_site *a, const struct lives_site *b)
{
	if (a->line != b->line || !a->file != !b->file ||
	    strcmp(a->function->name, b->function->name) != 0 ||
	    strcmp(a->function->type, b->function->type) != 0)
		return false;
	return !a->file || !strcmp(base_of(a->file), base_of(b->file));
}

/* How many of their last folders are the same; more than any if all are. */
static size_t common_folders(const char *a, const char *b)
{
	size_t i = strlen(a), k = strlen(b), folders = 0;

	while (i && k && a[i - 1] == b[k - 1]) {
		folders += a[--i] == '/';
		k--;
	}
	if (i == 0 && k == 0)
		return SIZE_MAX;
	/* "x/src/a.c" and "src/a.c". */
	return folders +
	       ((i == 0 && b[k - 1] == '/') || (k == 0 && a[i - 1] == '/'));
}

/* The sites that are alike, of one run. */
struct likes {
	struct run_site **sites;
	size_t count;
};

static bool same_likes(const void *item, const void *key)
{
	return alike(((const struct likes *)item)->sites[0]->site, key);
}

static uint64_t hash_alike(const struct lives_site *site)
{
	uint64_t hash = hash_string(site->line, site->function->name);

	hash = hash_string(hash, site->function->type);
	return site->file ? hash_string(hash, base_of(site->file)) : hash;
}

static void collect_alike(struct table *likes, const struct run *run)
{
	for (size_t i = 0; i < run->site_count; i++) {
		struct run_site *site = run->sites[i];
		struct likes **place = must(table_place(
			likes, hash_alike(site->site), same_likes, site->site));

		if (!*place) {
			*place = must_calloc(1, sizeof(**place));
			(*place)->sites = must_calloc(
				run->site_count - i, sizeof(struct run_site *));
		}
		(*place)->sites[(*place)->count++] = site;
	}
}

/* Of those that are left the one that has most folders in common. */
static struct run_site *best_of(const struct likes *likes,
				const struct lives_site *site, bool exactly)
{
	struct run_site *best = NULL;
	size_t most = 0;

	for (size_t i = 0; likes && i < likes->count; i++) {
		struct run_site *each = likes->sites[i];
		size_t folders = site->file ? common_folders(site->file,
							     each->site->file) :
					      SIZE_MAX;

		if (each->match != RUN_NONE || (best && folders <= most) ||
		    (exactly && folders != SIZE_MAX))
			continue;
		best = each;
		most = folders;
	}
	return best;
}

static void pair_sites(struct run *a, const struct table *likes, bool exactly)
{
	for (size_t i = 0; i < a->site_count; i++) {
		struct run_site *one = a->sites[i], *two;

		if (one->match != RUN_NONE)
			continue;
		two = best_of(table_find(likes, hash_alike(one->site),
					 same_likes, one->site),
			      one->site, exactly);
		if (!two)
			continue;
		one->match = two->number;
		two->match = one->number;
	}
}

void match_sites(struct run *a, struct run *b)
{
	struct table likes = { 0 };

	collect_alike(&likes, b);
	pair_sites(a, &likes, true);
	pair_sites(a, &likes, false);
	for (size_t i = 0; i < likes.size; i++) {
		struct likes *each = likes.slots[i].item;

		if (each)
			free(each->sites);
		free(each);
	}
	table_free(&likes);
}
