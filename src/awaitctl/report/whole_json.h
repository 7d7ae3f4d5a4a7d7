/* SPDX-License-Identifier: MIT */
/* What the report for programs says of the recording as a whole: members of its
 * object that follow another one. */
#pragma once

#include "awaitctl/read/findings.h"

#include <stdio.h>

/* What of it is asked for; nothing if that is everything. */
void whole_json_chosen(const struct findings *findings, FILE *out);

void whole_json_when(const struct findings *findings, FILE *out);
void whole_json_edges(const struct findings *findings, FILE *out);
