/* SPDX-License-Identifier: MIT */
/*
 * Why what one run lacks may have been there: the doubts of both recordings
 * (doubts.h), and what only matters where two are compared.
 */
#pragma once

#include "awaitctl/common/warnings.h"
#include "awaitctl/diff/comparison.h"

/* Of run 0 or 1. What both are about is said of the second. */
void doubtful_find(const struct comparison *comparison, int of,
		   warnings_found *found, void *data);

/* Whether there is nothing that makes all differences doubtful. That processes
 * had not ended makes only those doubtful that they lack. */
bool doubtful_nothing(const struct comparison *comparison);
