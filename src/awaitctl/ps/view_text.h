/* SPDX-License-Identifier: MIT */
/*
 * A view as text for people: a line of counts, a table, a line for each thread
 * that runs or waits, and what to make of it.
 */
#pragma once

#include "awaitctl/ps/view.h"

#include <stdio.h>

/* hint: what to do to see the rest, after "N more". */
void view_text_print(struct view *view, const char *hint, FILE *out);

/* The parts, for those who have a place for each. */
void view_text_counts(const struct view *view, FILE *out);
void view_text_table(struct view *view, FILE *out);
/* Returns whether there was anything to say. */
bool view_text_threads(const struct view *view, FILE *out);
void view_text_warnings(const struct view *view, FILE *out);
