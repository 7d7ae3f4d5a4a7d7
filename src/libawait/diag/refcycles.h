/* SPDX-License-Identifier: MIT */
/* Awaits that refer to one another: for the report at exit. */
#pragma once

#include "libawait/inspect/walk.h"

/* Reports them. After sites_look(). */
void refcycles_report(struct walk *walk);
