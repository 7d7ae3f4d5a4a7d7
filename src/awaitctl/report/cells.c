/* SPDX-License-Identifier: MIT */
/* See cells.h. */
#include "awaitctl/report/cells.h"

#include "common/await_text.h"
#include "common/printable.h"

#include <inttypes.h>
#include <stdio.h>

enum { PLACE_SIZE = 4096 };

const char *cell_duration(char text[CELL_DURATION_SIZE], uint64_t ns)
{
	static const char *const units[] = { "us", "ms", "s" };
	double value = ns;
	size_t unit = 0;

	if (ns < 1000) {
		snprintf(text, CELL_DURATION_SIZE, "%" PRIu64 " ns", ns);
		return text;
	}
	for (value /= 1000; value >= 999.5 && unit < 2; unit++)
		value /= 1000;
	snprintf(text, CELL_DURATION_SIZE, "%.*f %s",
		 value < 9.995 ? 2 :
		 value < 99.95 ? 1 :
				 0,
		 value, units[unit]);
	return text;
}

void cell_heads(struct text_table *table, const char *const *heads,
		size_t count)
{
	for (size_t i = 0; i < count; i++)
		text_table_add(table, "%s", heads[i]);
}

void cell_id(struct text_table *table, const struct findings *findings,
	     const struct lives_process *process, uint64_t id, const char *name)
{
	char text[384]; /* of a name each byte may take four */
	struct line line = line_begin(text, sizeof(text));

	line_id(&line, id);
	if (name)
		line_given_name(&line, name);
	if (findings->counted > 1) {
		line_text(&line, " of ");
		line_signed(&line, process->vpid);
	}
	line_end(&line);
	text_table_add(table, "%s%s%s", text,
		       findings->several_hosts ? "@" : "",
		       findings->several_hosts ? process->host : "");
}

void cell_site(struct text_table *table, const struct lives_site *site)
{
	char place[PLACE_SIZE];

	if (!site->file) {
		text_table_add(table, "(not recorded)");
		return;
	}
	snprintf(place, sizeof(place), "%s:%" PRIu32, site->file, site->line);
	text_table_add_place(table, place);
}

void cell_place(struct text_table *table, const struct symbols *symbols,
		const struct lives_process *process, int64_t time,
		uint64_t addr)
{
	char place[PLACE_SIZE];

	symbols_describe(symbols, process->number, time, addr, place,
			 sizeof(place));
	text_table_add_place(table, place);
}

void cell_put_process(const struct lives_process *process, FILE *out)
{
	char name[64];

	snprintf(name, sizeof(name), "%s", process->name ? process->name : "");
	printable_put(*name ? name : "?", out);
	fprintf(out, " (%" PRId64 ")", process->vpid);
}
