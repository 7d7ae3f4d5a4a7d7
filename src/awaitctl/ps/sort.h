/* SPDX-License-Identifier: MIT */
/*
 * Which row, or group, stands before which: for qsort_r(), with the view.
 */
#pragma once

#include "awaitctl/ps/view.h"

int sort_compare_rows(const void *left, const void *right, void *view);
int sort_compare_groups(const void *left, const void *right, void *view);
/* 0: of the same line of the source. */
int sort_compare_sites(const struct names_site *a, const struct names_site *b);
