/* SPDX-License-Identifier: MIT */
/* See unfinished_text.h. */
#include "awaitctl/report/unfinished_text.h"

#include "awaitctl/report/cells.h"
#include "awaitctl/report/model_unfinished.h"

#include <inttypes.h>
#include <stdlib.h>

/* What was under way before the recording began took longer. */
static void add_duration(struct text_table *table, const struct model *model,
			 const struct model_unfinished *one)
{
	int64_t end = model_end_of(model, one->await->process);
	char text[CELL_DURATION_SIZE];

	text_table_add(table, "%s%s", one->before ? "over " : "",
		       cell_duration(text, (uint64_t)(end - one->began)));
}

static void add_row(struct text_table *table, const struct model *model,
		    const struct symbols *symbols,
		    const struct model_unfinished *one)
{
	const struct model_await *await = one->await;

	add_duration(table, model, one);
	if (one->thread)
		text_table_add(table, "%" PRId64, one->thread);
	else
		text_table_add(table, "?");
	text_table_add(table, "%s", one->runs ? "runs" : "waits for");
	cell_id(table, model, await);
	/* Of a run that its process inherited nobody has told it. */
	text_table_add(table, "%s",
		       await->function ? await->function->name : "(unknown)");
	if (one->addr)
		cell_place(table, symbols, await->process, one->began,
			   one->addr);
	else
		text_table_add(table, "?");
}

void unfinished_text_print(const struct model *model,
			   const struct symbols *symbols, unsigned limit,
			   FILE *out)
{
	static const char *const heads[] = { "FOR",   "THREAD",	  "",
					     "AWAIT", "FUNCTION", "WAITS AT" };
	struct text_table table = { .align = "rrllll" };
	struct model_unfinished *found;
	size_t count = unfinished_find(model, &found);

	if (count && limit) {
		fputs("\nUnfinished when the recording ended\n", out);
		cell_heads(&table, heads, sizeof(heads) / sizeof(heads[0]));
		for (size_t i = 0; i < count && i < limit; i++)
			add_row(&table, model, symbols, &found[i]);
		text_table_print(&table, out);
		if (count > limit)
			fprintf(out, "and %zu more\n", count - limit);
	}
	free(found);
}
