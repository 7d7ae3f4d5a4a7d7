/* SPDX-License-Identifier: MIT */
/* Whether a creation site is still mapped, at exit. */
#pragma once

#include "libawait/diag/sites.h"

bool site_is_mapped(const struct known_site *known);
