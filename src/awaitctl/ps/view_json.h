/* SPDX-License-Identifier: MIT */
/*
 * A view as one JSON object, for programs: docs/ps.md names its members.
 */
#pragma once

#include "awaitctl/ps/view.h"

#include <stdio.h>

void view_json_print(struct view *view, FILE *out);
