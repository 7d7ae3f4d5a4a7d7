/* SPDX-License-Identifier: MIT */
/* The end of an await. object.c has the model. */
#pragma once

#include "libawait/core/state.h"

#include <stdbool.h>

/* Ends an await without references: destructors, then the slot is free. */
void object_end(struct await *aw, const void *addr);
/* Gives a reference back; true if it was the last. */
COLD bool object_drop(struct await *aw, const void *addr);
static inline void *object_payload(struct await *aw, uint32_t offset)
{
	return (char *)aw + offset;
}
