/* SPDX-License-Identifier: MIT */
/* How many sessions LTTng has. */
#pragma once

#include "common/trouble.h"

/* Those of other names, or all if it is NULL; or -1. Within a request. */
int session_count(const char *name, struct trouble *why);
