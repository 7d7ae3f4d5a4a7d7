/* SPDX-License-Identifier: MIT */
/* The critical path in a report as JSON: docs/report.md. */
#pragma once

#include "awaitctl/read/findings.h"

#include <stdio.h>

/* A member of an object, behind others. */
void critical_json_put(const struct findings *findings, FILE *out);
