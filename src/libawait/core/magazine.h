/* SPDX-License-Identifier: MIT */
/* Between slab.c, which has the memory, and cache.c, which hands it out. */
#pragma once

#include "common/assert.h"
#include "libawait/core/slab.h"

#include <await/take.h>

#define STEP AWAIT_CACHE_STEP_
/* Class 1 is 32 bytes, class 16 is 512; 0 is unused. Threads keep their slots,
 * two lists of up to MAGAZINE_SLOTS each. */
#define CACHED_CLASSES (AWAIT_CACHED_ / STEP)
/* Class 17 is 1 KiB, class 22 is 32 KiB. */
#define CLASSES 23u
#define LARGEST (32u << 10)
/* Slots that go to the depot, and come from it, as a whole: nobody walks a
 * list. */
#define MAGAZINE_SLOTS 256u

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

/* A multiple of STEP is an offset into await_caches: no division. */
_Static_assert(sizeof(struct await_cache) == STEP, "indexed by slots' sizes");
static inline struct await_cache *cache_of(size_t slot_size)
{
	ASSERT(slot_size % STEP == 0 && slot_size < AWAIT_CACHED_);
	return (void *)((char *)await_caches + slot_size);
}

/* Its room is taken already. */
static inline void cache_push(struct await_cache *cache, struct await *slot)
{
	link_to(slot, cache->head);
	cache->head = slot;
}

/* slab_give() into a list without room, when room fell below 0. */
COLD void cache_give_full(struct await *aw, struct await_cache *cache);

/* slab_retire(), and that it has no reference any more. */
static inline bool slot_retire(struct await *aw)
{
	uint32_t serial = serial_of(aw);

	/* Release: what ended the await comes before; partner: an acquire that
	 * sees the slot free. */
	store_two(&aw->state, AWAIT_FREE, 0);
	/* Release: who sees what is stored into the slot from now on sees it
	 * free, too; partner: the fence in snapshot.c. The thread sanitizer
	 * knows no fences. */
#ifndef __SANITIZE_THREAD__
	atomic_thread_fence(memory_order_release);
#endif
	/* Relaxed, both: published with the next life, which begins without
	 * an error. */
	serial = (serial & ~SERIAL_ATTEMPTS) + SERIAL_GENERATION_ONE;
	store_two(&aw->serial, serial, 0);
	return serial != 0;
}

static inline void slot_give(struct await *aw, size_t slot_size)
{
	struct await_cache *cache = cache_of(slot_size);

	if (UNLIKELY(--cache->room < 0))
		cache_give_full(aw, cache);
	else
		cache_push(cache, aw);
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
