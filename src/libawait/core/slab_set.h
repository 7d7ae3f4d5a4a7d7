/* SPDX-License-Identifier: MIT */
/* Which addresses are slabs. slab_set.c has the model. */
#pragma once

#include "libawait/core/slab.h"

/* Adds a slab whose header is written. The caller keeps others from adding.
 * False when memory is out, or the slab lies beyond 2^48. */
bool slab_set_add(const struct slab *slab);
/* Whether there is a slab at this multiple of SLAB_SIZE. Async-signal-safe. */
bool slab_set_has(const struct slab *claimed);
