/* SPDX-License-Identifier: MIT */
/*
 * What to look at: what a program does with its awaits that is seldom meant. As
 * a linter's warnings, each has a name, and is of the awaits of one site.
 */
#pragma once

#include "awaitctl/report/rows.h"

enum { LOOK_SIZE = 512 };

/* row: of the site; text: what there is to see, without the site. */
typedef void look_found(void *data, const char *name,
			const struct report_row *row, const char *text);

/* Of the figures of the recording, by site; those that take longest first.
 * What a filter hides is no reason. Returns 0, or -1 without memory. */
int look_at(const struct findings *findings, look_found *found, void *data);

/* Whether there is any. */
bool look_at_any(const struct findings *findings);
