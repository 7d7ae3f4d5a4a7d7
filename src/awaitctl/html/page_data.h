/* SPDX-License-Identifier: MIT */
/*
 * The data of a page: one object of JSON (docs/report.md), of which nothing can
 * end the element that it is in: all is ASCII, and <, > and & are escaped.
 */
#pragma once

#include "awaitctl/html/drawn.h"
#include "awaitctl/read/findings.h"
#include "awaitctl/report/report.h"
#include "symbols/symbols.h"

#include <stdio.h>

struct page_data {
	const char *directory; /* as the user calls it */
	const struct findings *findings;
	const struct symbols *symbols;
	const struct report_options *options;
	struct drawn *drawn; /* is sorted */
};

/* Exits without memory. */
void page_data_put(const struct page_data *data, FILE *out);
