/* SPDX-License-Identifier: MIT */
/* The part of a report that says who blocked whom. */
#pragma once

#include "awaitctl/read/findings.h"
#include "awaitctl/report/sheet.h"

/* Prints nothing if no wait slept, or if that is not known; the first `limit`,
 * and how many more. */
void edges_text_print(const struct findings *findings, unsigned limit,
		      const struct sheet *sheet);
