/* SPDX-License-Identifier: MIT */
/* See edges_text.h. */
#include "awaitctl/report/edges_text.h"

#include "awaitctl/report/cells.h"

#include <inttypes.h>

static void add_duration(struct text_table *table, uint64_t ns)
{
	char text[CELL_DURATION_SIZE];

	text_table_add(table, "%s", cell_duration(text, ns));
}

static const char *waiter_of(const struct lives_edge *edge)
{
	return edge->by == WAITER_RUN  ? edge->waiter :
	       edge->by == WAITER_NONE ? "(no await)" :
					 "(unknown)";
}

static void add_row(struct text_table *table, const struct lives_edge *edge)
{
	text_table_add(table, "%s", waiter_of(edge));
	text_table_add(table, "%s", edge->function);
	text_table_add(table, "%" PRIu64, edge->count);
	add_duration(table, edge->total);
	add_duration(table, edge->total / edge->count);
	add_duration(table, edge->most);
}

void edges_text_print(const struct findings *findings, unsigned limit,
		      const struct sheet *sheet)
{
	static const char *const heads[] = { "WAITER", "WAITED FOR", "COUNT",
					     "TOTAL",  "AVERAGE",    "MAX" };
	struct text_table table = sheet_table(sheet, "llrrrr");
	const struct sums *sums = &findings->sums;

	if (!sums->edge_count || !limit || findings->lives.waits_unknown)
		return;
	fputs("\nWho blocked whom\n", sheet->out);
	cell_heads(&table, heads, sizeof(heads) / sizeof(heads[0]));
	for (size_t i = 0; i < sums->edge_count && i < limit; i++)
		add_row(&table, sums->edges[i]);
	text_table_print(&table, sheet->out);
	if (sums->edge_count > limit)
		fprintf(sheet->out, "and %zu more\n", sums->edge_count - limit);
}
