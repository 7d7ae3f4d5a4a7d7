/* SPDX-License-Identifier: MIT */
/* LIBAWAIT_PERTURB=eager: an await runs as it is created. */
#pragma once

#include "libawait/core/compiler.h"

#include <await/core.h>

/* Before the first await is made. */
void eager_begin(void);
/* After aw was created, before anybody has it; as core_hooks. */
COLD void eager_created(struct await *aw, const void *addr);
