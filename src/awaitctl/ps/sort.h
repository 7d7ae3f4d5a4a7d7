/* SPDX-License-Identifier: MIT */
/*
 * The order of rows and groups: comparisons for qsort_r(), whose last argument
 * is the view.
 */
#pragma once

#include "awaitctl/ps/view.h"

int sort_compare_rows(const void *left, const void *right, void *view);
int sort_compare_groups(const void *left, const void *right, void *view);
/* 0 for the same line of the same file. */
int sort_compare_sites(const struct names_site *a, const struct names_site *b);
