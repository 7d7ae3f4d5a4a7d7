/* SPDX-License-Identifier: MIT */
/* What the text of a report is printed on: a terminal, whose width it keeps to,
 * or a file, which has room for everything. */
#pragma once

#include "awaitctl/common/text_table.h"

#include <limits.h>
#include <stdbool.h>

struct sheet {
	FILE *out;
	size_t width;	     /* 0: there is room for everything */
	bool blocks;	     /* it shows characters that are not ASCII */
	char here[PATH_MAX]; /* where the user is; or "" */
};

/* out: what comes to stdout in the end. */
void sheet_begin(struct sheet *sheet, FILE *out);

/* align: as in text_table.h. */
struct text_table sheet_table(const struct sheet *sheet, const char *align);
