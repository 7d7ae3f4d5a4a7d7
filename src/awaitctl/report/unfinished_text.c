/* SPDX-License-Identifier: MIT */
/* See unfinished_text.h. */
#include "awaitctl/report/unfinished_text.h"

#include "awaitctl/report/cells.h"
#include "awaitctl/report/stacks_text.h"
#include "awaitctl/common/say.h"
#include "lives/unfinished.h"

#include <inttypes.h>
#include <stdlib.h>

/* What was under way before the recording began took longer. */
static void add_duration(struct text_table *table,
			 const struct findings *findings,
			 const struct lives_unfinished *one)
{
	int64_t end = lives_end_of(&findings->lives, one->await->process);
	char text[CELL_DURATION_SIZE];

	text_table_add(table, "%s%s", one->before ? "over " : "",
		       cell_duration(text, (uint64_t)(end - one->began)));
}

static void add_row(struct text_table *table, const struct findings *findings,
		    const struct symbols *symbols,
		    const struct lives_unfinished *one)
{
	const struct lives_await *await = one->await;

	add_duration(table, findings, one);
	if (one->thread)
		text_table_add(table, "%" PRId64, one->thread);
	else
		text_table_add(table, "?");
	text_table_add(table, "%s", one->runs ? "runs" : "waits for");
	cell_id(table, findings, await->process, await->id, await->name);
	/* Of a run that its process inherited nobody has told it. */
	text_table_add(table, "%s",
		       await->site ? await->site->function->name : "(unknown)");
	if (one->addr)
		cell_place(table, symbols, await->process, one->began,
			   one->addr);
	else
		text_table_add(table, "?");
	stacks_text_below(table, symbols, await->process, await->stacks,
			  1 << STACK_CREATED | one->runs << STACK_RUN);
}

void unfinished_text_print(const struct findings *findings,
			   const struct symbols *symbols, unsigned limit,
			   const struct sheet *sheet)
{
	static const char *const heads[] = { "FOR",   "THREAD",	  "",
					     "AWAIT", "FUNCTION", "WAITS AT" };
	struct text_table table = sheet_table(sheet, "rrllll");
	struct lives_unfinished *found;
	size_t count;

	if (unfinished_find(&findings->lives, findings_count, &found, &count))
		must(NULL);
	if (count && limit) {
		fputs("\nUnfinished when the recording ended\n", sheet->out);
		cell_heads(&table, heads, sizeof(heads) / sizeof(heads[0]));
		for (size_t i = 0; i < count && i < limit; i++)
			add_row(&table, findings, symbols, &found[i]);
		text_table_print(&table, sheet->out);
		if (count > limit)
			fprintf(sheet->out, "and %zu more\n", count - limit);
	}
	free(found);
}
