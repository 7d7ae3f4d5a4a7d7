/* SPDX-License-Identifier: MIT */
/* What the tables of a report have in their cells, the same in each. */
#pragma once

#include "awaitctl/common/text_table.h"
#include "awaitctl/read/findings.h"
#include "symbols/symbols.h"

enum { CELL_DURATION_SIZE = 32 };

/* 999 ns, 12.3 us, 4.56 ms, 78.9 s: three digits and a unit. Returns text. */
const char *cell_duration(char text[CELL_DURATION_SIZE], uint64_t ns);

void cell_heads(struct text_table *table, const char *const *heads,
		size_t count);

/* An await's id, with its name (or NULL), its process and its host where there
 * are several. */
void cell_id(struct text_table *table, const struct findings *findings,
	     const struct lives_process *process, uint64_t id,
	     const char *name);

/* In a line of text: its name, cut if it is long, and its number. */
void cell_put_process(const struct lives_process *process, FILE *out);

/* Where awaits are created, if that was recorded. */
void cell_site(struct text_table *table, const struct lives_site *site);

/* Where an address is, as of that time. */
void cell_place(struct text_table *table, const struct symbols *symbols,
		const struct lives_process *process, int64_t time,
		uint64_t addr);
