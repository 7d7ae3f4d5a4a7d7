/* SPDX-License-Identifier: MIT */
/* The critical path in a report: what the process's last event waited for. */
#pragma once

#include "awaitctl/read/findings.h"
#include "awaitctl/report/sheet.h"

/* Its longest parts, so many. */
void critical_text_print(const struct findings *findings, unsigned limit,
			 const struct sheet *sheet);
