/* SPDX-License-Identifier: MIT */
/* The critical path in a report: what the process's last event waited for. */
#pragma once

#include "awaitctl/read/findings.h"

#include <stdio.h>

/* Its longest parts, so many. */
void critical_text_print(const struct findings *findings, unsigned limit,
			 FILE *out);
