/* SPDX-License-Identifier: MIT */
/* What differs, as text. */
#pragma once

#include "awaitctl/diff/comparison.h"
#include "awaitctl/diff/diff.h"

#include <stdio.h>

void diff_text_print(const struct comparison *comparison,
		     const struct diff_options *options, FILE *out);
