/* SPDX-License-Identifier: MIT */
/* Sites that LIBAWAIT_DEBUG=check has found whole. whole_sites.c has the
 * model. */
#pragma once

#include "libawait/inspect/snapshot.h"

/* The type of the awaits of a site that was found whole, if it still is: no
 * system call is made. NULL: it has to be looked at. */
const struct await_type *whole_sites_find(const struct await_site *at);
/* Remembers a site that was found whole just now, as d. */
void whole_sites_add(const struct await_site *at, const struct descriptor *d);
