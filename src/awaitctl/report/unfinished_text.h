/* SPDX-License-Identifier: MIT */
/* The part of a report that says what had not ended with the recording. */
#pragma once

#include "awaitctl/read/findings.h"
#include "awaitctl/report/sheet.h"
#include "symbols/symbols.h"

/* Prints nothing if all has ended; the first `limit`, and how many more. */
void unfinished_text_print(const struct findings *findings,
			   const struct symbols *symbols, unsigned limit,
			   const struct sheet *sheet);
