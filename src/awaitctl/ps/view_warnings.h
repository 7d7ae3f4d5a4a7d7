/* SPDX-License-Identifier: MIT */
/*
 * Why a view may lack awaits or threads of the process.
 */
#pragma once

#include "awaitctl/common/warnings.h"
#include "awaitctl/ps/view.h"

void view_warnings(const struct view *view, warnings_found *found, void *data);
