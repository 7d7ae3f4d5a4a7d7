/* SPDX-License-Identifier: MIT */
/* See critical_text.h. */
#include "awaitctl/report/critical_text.h"

#include "awaitctl/common/say.h"
#include "awaitctl/report/cells.h"
#include "lives/critical.h"

#include <inttypes.h>

static void print_heading(const struct critical *critical, FILE *out)
{
	char text[CELL_DURATION_SIZE];
	int64_t before = critical->began - critical->process_began;

	fputs("\nCritical path of ", out);
	cell_put_process(critical->process, out);
	fprintf(out, ": %s up to the last event of thread %" PRId64,
		cell_duration(text,
			      (uint64_t)(critical->ended - critical->began)),
		critical->last->tid);
	if (before > 0)
		fprintf(out,
			"\nIt is cut: what led to the first event of thread "
			"%" PRId64 ", %s after that of the process, is not "
			"recorded",
			critical->first->tid,
			cell_duration(text, (uint64_t)before));
	fputc('\n', out);
}

static void add_part(struct text_table *table, const struct critical *critical,
		     const struct critical_part *part)
{
	int64_t whole = critical->ended - critical->began;
	char text[CELL_DURATION_SIZE];

	text_table_add(table, "%s", cell_duration(text, part->ns));
	text_table_add(table, "%.1f %%",
		       whole > 0 ? 100 * (double)part->ns / (double)whole : 0);
	text_table_add(table, "%s",
		       part->slept ? "sleeps for" :
		       part->site  ? "runs" :
				     "in no run");
	text_table_add(table, "%s",
		       part->site  ? part->site->function->name :
		       part->slept ? "(unknown)" :
				     "");
	if (part->site)
		cell_site(table, part->site);
	else
		text_table_add(table, "%s", "");
}

static void print_parts(const struct critical *critical, unsigned limit,
			const struct sheet *sheet)
{
	static const char *const heads[] = { "TIME", "SHARE", "", "FUNCTION",
					     "CREATED AT" };
	struct text_table table = sheet_table(sheet, "rrlll");

	cell_heads(&table, heads, sizeof(heads) / sizeof(heads[0]));
	for (size_t i = 0; i < critical->count && i < limit; i++)
		add_part(&table, critical, &critical->parts[i]);
	text_table_print(&table, sheet->out);
	if (critical->count > limit)
		fprintf(sheet->out, "and %zu more\n", critical->count - limit);
}

void critical_text_print(const struct findings *findings, unsigned limit,
			 const struct sheet *sheet)
{
	struct critical critical;

	if (!limit)
		return;
	if (findings->lives.waits_unknown || findings->lives.ends_unknown) {
		fputs("\nThe critical path is unknown, as the filter hides "
		      "what it is made of.\n",
		      sheet->out);
		return;
	}
	if (critical_find(&critical, &findings->lives, findings_count))
		must(NULL);
	if (critical.process && critical.ended > critical.began) {
		print_heading(&critical, sheet->out);
		print_parts(&critical, limit, sheet);
	}
	critical_free(&critical);
}
