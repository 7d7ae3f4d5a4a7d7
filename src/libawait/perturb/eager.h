/* SPDX-License-Identifier: MIT */
/* LIBAWAIT_PERTURB=eager: an await runs as it is created. */
#pragma once

#include "libawait/core/compiler.h"

#include <await/core.h>

/* Call before the first await is made. */
void eager_begin(void);
/* The hook core_hooks.created: runs aw, which was just created and nobody has
 * yet. */
COLD void eager_created(struct await *aw, const void *addr);
