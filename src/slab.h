/* SPDX-License-Identifier: MIT */
/* Between slab.c, which has the memory, and cache.c, which hands it out. */
#pragma once

#include "internal.h"

#define STEP 32u
/* Class 1 is 32 bytes, class 16 is 512; 0 is unused. */
#define CACHED_CLASSES (SLAB_CACHED / STEP)
/* Class 17 is 1 KiB, class 22 is 32 KiB. */
#define CLASSES 23u
#define LARGEST (32u << 10)
/* Free slots of a class that a thread keeps, twice. */
#define BATCH 256u

static inline struct await *link_next(const struct await *slot)
{
	return (struct await *)(uintptr_t)slot->site;
}

static inline void link_to(struct await *slot, struct await *next)
{
	slot->site = (const struct await_site *)(const void *)next;
}

/* Of slots of more than 512 bytes; the class of others is size / STEP. */
static inline uint32_t class_of(uint32_t slot_size)
{
	return CACHED_CLASSES - 1 + (32 - 9) -
	       (uint32_t)__builtin_clz(slot_size - 1);
}

/* A chain of free slots of a class, ending in NULL; NULL when memory is out. */
struct await *depot_take(uint32_t class, uint32_t *length);
/* Gives one back. */
void depot_give(uint32_t class, struct await *first, uint32_t length);

/* A slot of more than LARGEST: a slab of its own, or one that was, if it is
 * large enough but at most twice as large. NULL when memory is out. */
struct await *huge_alloc(uint32_t slot_size);
/* Gives back the memory of its payload, but for the page of its head. */
void huge_free(struct await *slot);
