/* SPDX-License-Identifier: MIT */
#pragma once

#include "awaitctl/html/drawn.h"

#include <stdio.h>

/* What is drawn, as members of an object of JSON (docs/report.md) that follow
 * others. Sorts it. */
void drawn_put(struct drawn *drawn, FILE *out);
