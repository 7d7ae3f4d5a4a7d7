/* SPDX-License-Identifier: MIT */
/* The part of a report that says when it was, and how much happened when. */
#pragma once

#include "awaitctl/read/findings.h"
#include "awaitctl/report/sheet.h"

void when_text_print(const struct findings *findings,
		     const struct sheet *sheet);
