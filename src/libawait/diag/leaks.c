/* SPDX-License-Identifier: MIT */
/*
 * LIBAWAIT_DEBUG=leaks: at exit reports awaits that are still alive, and those
 * that were dropped without ever having been waited for.
 *
 * The report runs in a destructor of the library: after the program's own exit
 * handlers, while its other threads still run. It counts awaits by creation
 * site and kind of leak, in a table that was mapped before main(). It then
 * looks for awaits that refer to one another (refcycles.c). sites.c remembers
 * sites, so that those whose library was unloaded can still be named.
 */
#define _GNU_SOURCE /* qsort_r */
#include "libawait/diag/leaks.h"

#include "libawait/core/memory.h"
#include "libawait/diag/refcycles.h"
#include "libawait/diag/sites.h"
#include "libawait/inspect/describe.h"
#include "libawait/inspect/peek_text.h"
#include "libawait/inspect/walk.h"

#include <stdlib.h>
#include <unistd.h>

/* A power of two. Only pages that are used take memory. */
#define TABLE_SIZE (1u << 16)
#define TABLE_FULL (TABLE_SIZE / 2)

/* Each await is of one kind, and each kind has a heading. */
enum kind {
	WAITED,
	NEVER_WAITED,
	ONLY_WAITERS,
	UNLOADED,
	DROPPED,
	KINDS,
};

static const char *const headings[KINDS] = {
	[WAITED] = "alive at exit of process ", /* its number */
	[NEVER_WAITED] = "alive and never waited for",
	[ONLY_WAITERS] = "alive, only who waits holds it unless lent",
	[UNLOADED] = "alive though their library was unloaded",
	[DROPPED] = "dropped and never waited for",
};

struct group {
	const struct await_site *site;
	const struct known_site *known; /* or NULL */
	uint64_t counts[KINDS];
	/* One of them that has a name, or NULL. */
	struct {
		const struct await *aw;
		uint64_t id;
	} named[KINDS];
};

struct table {
	uint64_t totals[KINDS];
	uint64_t elsewhere[KINDS]; /* at sites that the table has no room for */
	uint32_t used;
	struct group groups[TABLE_SIZE];
};

static bool wanted;
static struct table *table; /* NULL if memory was out */

void leaks_begin(void)
{
	wanted = true;
	table = memory_map(sizeof(*table));
	sites_begin();
}

/* --- counting --- */

static struct group *group_of(const struct await_site *site,
			      const struct known_site *known)
{
	const uintptr_t key = known ? (uintptr_t)known : (uintptr_t)site;
	uint32_t i = (uint32_t)(key >> 3) * 0x9e3779b1u;
	struct group *group;

	for (i %= TABLE_SIZE;; i = (i + 1) % TABLE_SIZE) {
		group = &table->groups[i];
		if (!group->site)
			break;
		if (group->site == site && group->known == known)
			return group;
	}
	if (table->used == TABLE_FULL)
		return NULL;
	table->used++;
	group->site = site;
	group->known = known;
	return group;
}

/* Returns the group, or NULL. */
static struct group *count(const struct await_site *site,
			   const struct known_site *known, enum kind kind,
			   uint64_t number)
{
	struct group *group = group_of(site, known);

	table->totals[kind] += number;
	(group ? group->counts : table->elsewhere)[kind] += number;
	return group;
}

static void count_alive(struct walk *walk, void *unused)
{
	const struct snapshot *s = &walk->snapshot;
	const struct descriptor *d = &s->descriptor;
	const struct known_site *known = sites_find(d->at, s->id);
	enum kind kind = WAITED;
	struct group *group;

	(void)unused;
	if (s->held)
		return;
	if (known && !known->present)
		kind = UNLOADED;
	else if (d->known && d->func.origin == AWAIT_LAZY &&
		 state_of(s->word) == AWAIT_PENDING)
		kind = NEVER_WAITED;
	else if (s->only_waiters > 0)
		kind = ONLY_WAITERS;
	group = count(d->at, known, kind, 1);
	if (group && s->name[0] != '\0') {
		group->named[kind].aw = s->aw;
		group->named[kind].id = s->id;
	}
}

static void count_dropped(struct known_site *known, void *unused)
{
	/* Relaxed: a count. */
	uint64_t dropped =
		atomic_load_explicit(&known->dropped, memory_order_relaxed);

	(void)unused;
	if (dropped > 0)
		count(known->at, known, DROPPED, dropped);
}

static void count_all(struct walk *walk)
{
	uint64_t elsewhere;

	walk_all(walk, STDERR_FILENO, count_alive, NULL);
	elsewhere = sites_walk(count_dropped, NULL);
	table->totals[DROPPED] += elsewhere;
	table->elsewhere[DROPPED] += elsewhere;
}

/* --- printing --- */

static void print_group(struct walk *walk, const struct group *group,
			enum kind kind)
{
	struct descriptor *d = &walk->snapshot.descriptor;
	struct line line = out_line(&walk->out);

	line_text(&line, "await:    ");
	line_unsigned(&line, group->counts[kind]);
	if (sites_describe(d, group->site, group->known)) {
		line_char(&line, ' ');
		line_name(&line, d->type.name);
		line_char(&line, ' ');
		line_name(&line, d->func.name);
	}
	line_created(&line, d);
	if (d->known) {
		line_text(&line, " in ");
		line_name(&line, d->site.function);
	}
	if (group->known && !group->known->present) {
		if (*group->known->names[NAME_OBJECT] != '\0') {
			line_text(&line, ", in ");
			line_file(&line, group->known->names[NAME_OBJECT]);
		}
		line_text(&line, ", which was unloaded");
	}
	if (group->named[kind].aw) {
		line_text(&line, ", ");
		line_named_id(&line, group->named[kind].aw,
			      group->named[kind].id);
		if (group->counts[kind] > 1)
			line_text(&line, " among them");
	}
	out_end(&walk->out, &line);
}

static void print_count(struct walk *walk, const char *before, uint64_t number,
			const char *after)
{
	struct line line = out_line(&walk->out);

	line_text(&line, "await: ");
	line_text(&line, before);
	line_unsigned(&line, number);
	line_text(&line, after);
	out_end(&walk->out, &line);
}

static void print_heading(struct walk *walk, enum kind kind)
{
	struct line line = out_line(&walk->out);

	line_text(&line, "await: ");
	line_text(&line, headings[kind]);
	if (kind == WAITED)
		line_unsigned(&line, (uint64_t)getpid());
	line_text(&line, ": ");
	line_unsigned(&line, table->totals[kind]);
	out_end(&walk->out, &line);
}

/* Sorts the largest counts of *kind first. */
static int compare(const void *a, const void *b, void *kind)
{
	uint64_t first = ((const struct group *)a)->counts[*(enum kind *)kind];
	uint64_t second = ((const struct group *)b)->counts[*(enum kind *)kind];

	return (first < second) - (first > second);
}

static void print_kind(struct walk *walk, enum kind kind)
{
	if (table->totals[kind] == 0)
		return;
	print_heading(walk, kind);
	qsort_r(table->groups, table->used, sizeof(table->groups[0]), compare,
		&kind);
	for (uint32_t i = 0; i < table->used; i++)
		if (table->groups[i].counts[kind] > 0)
			print_group(walk, &table->groups[i], kind);
	if (table->elsewhere[kind] > 0)
		print_count(walk, "   ", table->elsewhere[kind],
			    " at other sites");
}

/* Moves the groups to the front of the table, which is no hash table from then
 * on. */
static void gather(void)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < TABLE_SIZE; i++)
		if (table->groups[i].site)
			table->groups[n++] = table->groups[i];
}

static void print_all(struct walk *walk)
{
	gather();
	if (walk->changing > 0)
		print_count(walk,
			    "alive but changing, not counted: ", walk->changing,
			    "");
	else if (!walk->damaged && table->totals[WAITED] +
						   table->totals[NEVER_WAITED] +
						   table->totals[ONLY_WAITERS] +
						   table->totals[UNLOADED] ==
					   0)
		print_count(walk, "none alive at exit of process ",
			    (uint64_t)getpid(), "");
	for (enum kind kind = 0; kind < KINDS; kind++)
		print_kind(walk, kind);
}

static void note(const char *text)
{
	struct out out;
	struct line line = note_begin(&out, text);

	note_end(&out, &line);
}

__attribute__((destructor)) static void report_leaks(void)
{
	struct walk walk;

	if (!wanted)
		return;
	if (!table) {
		note("memory was out: awaits at exit are not counted");
		return;
	}
	if (!sites_look())
		note("awaits that were dropped are not counted");
	count_all(&walk);
	print_all(&walk);
	refcycles_report(&walk);
	out_flush(&walk.out);
}
