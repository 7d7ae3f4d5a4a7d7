/* SPDX-License-Identifier: MIT */
/*
 * LIBAWAIT_DEBUG=leaks: what is still alive at exit.
 *
 * The report runs in a destructor of the library, so after what the program
 * itself does at exit, and while its other threads still run. It counts awaits
 * by creation site in a table of its own, twice: those that were never waited
 * for apart from the others.
 */
#include "describe.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* A power of two; mapped, and touched where used. */
#define TABLE_SIZE (1u << 16)
#define TABLE_FULL (TABLE_SIZE / 2)

enum kind { WAITED, NEVER_WAITED, KINDS };

struct group {
	const struct await_site *site;
	uint64_t counts[KINDS];
};

struct table {
	uint64_t totals[KINDS];
	uint64_t elsewhere[KINDS]; /* at sites that the table has no room for */
	uint32_t used;
	struct group groups[TABLE_SIZE];
};

bool leaks_wanted;

static struct group *group_of(struct table *table,
			      const struct await_site *site)
{
	uint32_t i = (uint32_t)((uintptr_t)site >> 3) * 0x9e3779b1u;

	for (i %= TABLE_SIZE; table->groups[i].site != site;
	     i = (i + 1) % TABLE_SIZE) {
		if (table->groups[i].site)
			continue;
		if (table->used == TABLE_FULL)
			return NULL;
		table->used++;
		table->groups[i].site = site;
		break;
	}
	return &table->groups[i];
}

static void count_one(struct walk *walk, void *data)
{
	const struct snapshot *s = &walk->snapshot;
	struct table *table = data;
	struct group *group = group_of(table, s->descriptor.at);
	/* The first wait for a lazy one ends its being pending. */
	bool never = s->descriptor.known &&
		     s->descriptor.func.origin == AWAIT_LAZY &&
		     state_of(s->word) == AWAIT_PENDING;
	enum kind kind = never ? NEVER_WAITED : WAITED;

	table->totals[kind]++;
	(group ? group->counts : table->elsewhere)[kind]++;
}

/* Largest first; which count is compared is the only difference. */
static int compare(const struct group *a, const struct group *b, enum kind kind)
{
	return (a->counts[kind] < b->counts[kind]) -
	       (a->counts[kind] > b->counts[kind]);
}

static int compare_waited(const void *a, const void *b)
{
	return compare(a, b, WAITED);
}

static int compare_never(const void *a, const void *b)
{
	return compare(a, b, NEVER_WAITED);
}

static void print_group(struct walk *walk, const struct group *group,
			enum kind kind)
{
	struct descriptor *d = &walk->snapshot.descriptor;
	struct line line = out_line(&walk->out);

	line_text(&line, "await:    ");
	line_unsigned(&line, group->counts[kind]);
	if (descriptor_load(d, group->site)) {
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
	out_end(&walk->out, &line);
}

static void print_kind(struct walk *walk, struct table *table, enum kind kind)
{
	struct line line;

	if (table->totals[kind] == 0)
		return;
	line = out_line(&walk->out);
	if (kind == WAITED) {
		line_text(&line, "await: alive at exit of process ");
		line_unsigned(&line, (uint64_t)getpid());
	} else {
		line_text(&line, "await: alive and never waited for");
	}
	line_text(&line, ": ");
	line_unsigned(&line, table->totals[kind]);
	out_end(&walk->out, &line);
	qsort(table->groups, table->used, sizeof(table->groups[0]),
	      kind == WAITED ? compare_waited : compare_never);
	for (uint32_t i = 0; i < table->used; i++)
		if (table->groups[i].counts[kind] > 0)
			print_group(walk, &table->groups[i], kind);
	if (table->elsewhere[kind] == 0)
		return;
	line = out_line(&walk->out);
	line_text(&line, "await:    ");
	line_unsigned(&line, table->elsewhere[kind]);
	line_text(&line, " at other sites");
	out_end(&walk->out, &line);
}

static void print_table(struct walk *walk, struct table *table)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < TABLE_SIZE; i++)
		if (table->groups[i].site)
			table->groups[n++] = table->groups[i];
	if (n == 0) {
		struct line line = out_line(&walk->out);

		line_text(&line, "await: none alive at exit of process ");
		line_unsigned(&line, (uint64_t)getpid());
		out_end(&walk->out, &line);
	}
	print_kind(walk, table, WAITED);
	print_kind(walk, table, NEVER_WAITED);
	out_flush(&walk->out);
}

__attribute__((destructor)) static void report_leaks(void)
{
	struct walk walk;
	struct table *table;

	if (!leaks_wanted)
		return;
	table = memory_map(sizeof(*table));
	if (!table)
		return;
	walk_all(&walk, STDERR_FILENO, count_one, table);
	print_table(&walk, table);
	munmap(table, sizeof(*table));
}
