/* SPDX-License-Identifier: MIT */
/*
 * Why the figures of a report may be wrong.
 */
#pragma once

#include "awaitctl/common/warnings.h"
#include "awaitctl/read/findings.h"

void doubts_find(const struct findings *findings, warnings_found *found,
		 void *data);
