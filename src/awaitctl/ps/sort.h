/* SPDX-License-Identifier: MIT */
/*
 * Which row, or group, stands before which: for qsort_r(), with the view.
 */
#pragma once

#include "awaitctl/ps/view.h"

int order_rows(const void *left, const void *right, void *view);
int order_groups(const void *left, const void *right, void *view);
/* 0: of the same line of the source. */
int order_sites(const struct names_site *a, const struct names_site *b);
