/* SPDX-License-Identifier: MIT */
/* The end of an await. object.c has the model. */
#pragma once

#include "libawait/core/state.h"

#include <stdbool.h>

/* Ends an await that has no reference: calls its destructor, then frees its
 * slot. Nested too deeply in destructors, it ends later: put_off.h. */
void object_end(struct await *aw, const void *addr);
/* Releases the arguments of an await that is being cancelled. Like an end this
 * may happen later, if it is nested too deeply: put_off.h. */
void object_cancelled(struct await *aw, const void *addr);
/* Drops a reference. True if it was the last. */
COLD bool object_drop(struct await *aw, const void *addr);
static inline void *object_payload(struct await *aw, uint32_t offset)
{
	return (char *)aw + offset;
}
