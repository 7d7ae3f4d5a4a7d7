/* SPDX-License-Identifier: MIT */
/*
 * Why the figures of a report may be wrong.
 */
#pragma once

#include "awaitctl/common/warnings.h"
#include "awaitctl/report/model.h"

void model_warnings(const struct model *model, warnings_found *found,
		    void *data);
