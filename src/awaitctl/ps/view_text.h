/* SPDX-License-Identifier: MIT */
/*
 * A view as text for people: a line of counts, a table, a line for each
 * deadlock and each thread that runs or waits, and warnings.
 */
#pragma once

#include "awaitctl/ps/view.h"

#include <stdio.h>

/* hint follows "N more": how to see the rest. */
void view_text_print(struct view *view, const char *hint, FILE *out);

/* Its parts, for awaitctl top, which has a place for each. */
void view_text_counts(const struct view *view, FILE *out);
void view_text_table(struct view *view, FILE *out);
void view_text_threads(const struct view *view, FILE *out);
void view_text_warnings(const struct view *view, FILE *out);
