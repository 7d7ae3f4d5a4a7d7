/* SPDX-License-Identifier: MIT */
/* What a format keeps of things that are alive, or of those that stay: a struct
 * for each, found by the address of the thing, with which it begins. */
#pragma once

#include "common/table.h"

/* Zeroed but for the address if it is new. */
void *notes_of(struct table *notes, const void *thing, size_t size);

/* NULL: there is none. */
void *notes_find(const struct table *notes, const void *thing);

/* Nothing more is known of it. */
void notes_drop(struct table *notes, const void *thing);

void notes_free(struct table *notes);
