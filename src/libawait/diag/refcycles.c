/* SPDX-License-Identifier: MIT */
/*
 * Finds awaits that refer to one another, so that none of them ever ends, for
 * the report at exit. payload_refs.c says which awaits an await refers to.
 *
 * The search is depth first, over the slots that there were when it began, in
 * the order of their ids. White awaits are not visited yet, grey ones are on
 * the current path, black ones are done. A reference to a grey await closes a
 * cycle. Such references are looked for once, as an await turns grey, so that
 * each cycle is reported once. Of cycles that share awaits one at least is
 * found.
 *
 * The path is an array and not a recursion, as it may be as long as there are
 * awaits. All arrays are in one mapping, of which only pages that are used take
 * memory.
 */
#include "libawait/diag/refcycles.h"

#include "common/await_text.h"
#include "libawait/core/memory.h"
#include "libawait/diag/payload_refs.h"
#include "libawait/diag/sites.h"
#include "libawait/inspect/describe.h"
#include "libawait/inspect/peek.h"
#include "libawait/inspect/peek_text.h"

#include <sys/mman.h>

#define CYCLES_SHOWN 20u
#define MEMBERS_SHOWN 100u
#define LINE_FULL 200u /* one more member might not fit into the line */

enum colour { WHITE, GREY, BLACK };

/* A member of the path, and its reference to the next one. */
struct step {
	const struct await *aw;
	struct cursor cursor;
};

struct search {
	struct refs refs;
	struct walk *walk;
	struct step *path; /* in one mapping of map_size bytes */
	uint32_t depth;
	uint32_t *closed; /* by id: the await whose reference to it closed a
			     cycle last */
	uint8_t *colours; /* by id */
	size_t map_size;
	uint64_t cycles;
};

static uint32_t index_of(const struct await *aw)
{
	return (uint32_t)await_core_id(aw); /* without the generation */
}

/* --- printing --- */

static void print_member(struct search *search, struct line *line,
			 const struct await *aw)
{
	struct snapshot *s = &search->walk->snapshot;
	struct descriptor *d = &s->descriptor;

	if (snapshot_take(s, aw) != SNAPSHOT_TAKEN) {
		line_named_id(line, aw, await_core_id(aw));
		line_text(line, " changing");
		return;
	}
	line_id(line, s->id);
	line_given_name(line, s->name);
	line_char(line, ' ');
	if (sites_describe(d, d->at, sites_find(d->at, s->id))) {
		line_name(line, d->type.name);
		line_char(line, ' ');
		line_name(line, d->func.name);
	}
	line_created(line, d);
}

static void print_arrow(struct search *search, struct line *line, bool through)
{
	if (line->length > LINE_FULL) {
		out_end(&search->walk->out, line);
		*line = out_line(&search->walk->out);
		line_text(line, "await:   ");
	}
	line_text(line, " -> ");
	if (through)
		line_text(line, "(through memory) ");
}

/* Prints a cycle, beginning and ending with the member of the lowest id. The
 * last member refers to the first one by the reference `closing`. */
static void print_cycle(struct search *search, const struct step *members,
			uint32_t count, struct cursor closing)
{
	struct line line = out_line(&search->walk->out);
	uint32_t first = 0, at;

	for (uint32_t i = 1; i < count; i++)
		if (index_of(members[i].aw) < index_of(members[first].aw))
			first = i;
	line_text(&line, "await: cycle: ");
	at = first;
	for (uint32_t i = 0; i < count && i < MEMBERS_SHOWN; i++) {
		print_member(search, &line, members[at].aw);
		print_arrow(search, &line,
			    at + 1 < count ? members[at].cursor.through :
					     closing.through);
		at = (at + 1) % count;
	}
	if (count > MEMBERS_SHOWN) {
		line_unsigned(&line, count - MEMBERS_SHOWN);
		line_text(&line, " more -> ");
	}
	line_named_id(&line, members[first].aw,
		      await_core_id(members[first].aw));
	out_end(&search->walk->out, &line);
}

/* --- the search --- */

/* The last await of the path refers to aw, which is on the path as well. */
static void close_cycle(struct search *search, const struct await *aw,
			struct cursor closing)
{
	uint32_t at = search->depth - 1;

	if (++search->cycles > CYCLES_SHOWN)
		return;
	while (search->path[at].aw != aw)
		at--;
	print_cycle(search, &search->path[at], search->depth - at, closing);
}

/* Puts a white await on the path, and prints the cycles that its references
 * close. */
static void enter(struct search *search, const struct await *aw)
{
	uint32_t from = index_of(aw), to;
	struct cursor cursor = { .word = 0 };
	const struct await *next;

	search->path[search->depth++] = (struct step){ .aw = aw };
	search->colours[from] = GREY;
	while ((next = refs_next(&search->refs, aw, &cursor))) {
		to = index_of(next);
		if (search->colours[to] != GREY || search->closed[to] == from)
			continue;
		search->closed[to] = from;
		close_cycle(search, next, cursor);
	}
}

static void search_from(struct search *search, const struct await *aw)
{
	enter(search, aw);
	while (search->depth > 0) {
		struct step *last = &search->path[search->depth - 1];
		const struct await *next =
			refs_next(&search->refs, last->aw, &last->cursor);

		if (!next) {
			search->colours[index_of(last->aw)] = BLACK;
			search->depth--;
		} else if (search->colours[index_of(next)] == WHITE) {
			enter(search, next);
		}
	}
}

static void search_slab(struct search *search, const struct slab *slab)
{
	const char *slot = (const char *)slab + slab->first_slot;

	for (uint32_t i = 0; i < slab->count; i++, slot += slab->slot_size) {
		const struct await *aw = (const void *)slot;

		if (await_core_state(aw) != AWAIT_FREE &&
		    search->colours[index_of(aw)] == WHITE)
			search_from(search, aw);
	}
}

static bool search_open(struct search *search)
{
	size_t ids;

	if (!refs_open(&search->refs))
		return false;
	ids = search->refs.ids;
	search->map_size =
		ids * (sizeof(search->path[0]) + sizeof(search->closed[0]) +
		       sizeof(search->colours[0]));
	search->path = memory_map(search->map_size);
	if (!search->path) {
		refs_close(&search->refs);
		return false;
	}
	search->closed = (uint32_t *)(search->path + ids);
	search->colours = (uint8_t *)(search->closed + ids);
	return true;
}

static void report(struct search *search)
{
	struct line line;

	for (uint32_t i = 0; i < search->refs.slab_count; i++)
		search_slab(search, search->refs.slabs[i]);
	if (search->cycles <= CYCLES_SHOWN)
		return;
	line = out_line(&search->walk->out);
	line_text(&line, "await: ");
	line_unsigned(&line, search->cycles - CYCLES_SHOWN);
	line_text(&line, search->cycles == CYCLES_SHOWN + 1 ? " more cycle" :
							      " more cycles");
	out_end(&search->walk->out, &line);
}

static void print_note(struct walk *walk, const char *text)
{
	struct line line = out_line(&walk->out);

	line_text(&line, text);
	out_end(&walk->out, &line);
}

void refcycles_report(struct walk *walk)
{
	/* Too large for the stack, which may be small. */
	struct search *search = memory_map(sizeof(*search));

	if (!peek_works())
		print_note(walk, "await: reading memory is refused here: "
				 "cycles through memory were not looked for");
	if (search && search_open(search)) {
		search->walk = walk;
		report(search);
		munmap(search->path, search->map_size);
		refs_close(&search->refs);
	} else {
		print_note(walk, "await: memory was out: cycles were not "
				 "looked for");
	}
	if (search)
		munmap(search, sizeof(*search));
}
