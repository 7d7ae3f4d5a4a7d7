/* SPDX-License-Identifier: MIT */
/* Finds awaits that refer to one another, for the report at exit. */
#pragma once

#include "libawait/inspect/walk.h"

/* Prints their cycles. Call after sites_look(). */
void refcycles_report(struct walk *walk);
