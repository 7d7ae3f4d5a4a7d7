/* SPDX-License-Identifier: MIT */
/* What differs, as one JSON object: docs/diff.md has its members. */
#pragma once

#include "awaitctl/diff/comparison.h"

#include <stdio.h>

void diff_json_print(const struct comparison *comparison, FILE *out);
