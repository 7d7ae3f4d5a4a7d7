/* SPDX-License-Identifier: MIT */
/* The interface between slab.c and huge.c, which have the memory, and cache.c,
 * which hands out slots: size classes, chains of free slots, and the depot. */
#pragma once

#include "common/assert.h"
#include "libawait/core/slab.h"

#include <await/take.h>

#define STEP AWAIT_CACHE_STEP_
/* Classes whose free slots threads keep, in two lists of up to MAGAZINE_SLOTS
 * each: class 1 is 32 bytes, class 16 is 512; 0 is unused. */
#define CACHED_CLASSES (AWAIT_CACHED_ / STEP)
/* Class 17 is 1 KiB, class 22 is 32 KiB. */
#define CLASSES 23u
#define LARGEST (32u << 10)
/* The most slots that move between a thread and the depot as one chain, which
 * nobody has to walk. */
#define MAGAZINE_SLOTS 256u

static inline struct await *link_next(const struct await *slot)
{
	return (struct await *)(uintptr_t)slot->site;
}

static inline void link_to(struct await *slot, struct await *next)
{
	slot->site = (const struct await_site *)(const void *)next;
}

/* The class of slots of more than 512 bytes; that of smaller ones is size /
 * STEP. */
static inline uint32_t class_of(uint32_t slot_size)
{
	return CACHED_CLASSES - 1 + (32 - 9) -
	       (uint32_t)__builtin_clz(slot_size - 1);
}

/* Slot sizes are multiples of STEP, which is also the size of a cache: so a
 * slot size is an offset into await_caches, without a division. */
_Static_assert(sizeof(struct await_cache) == STEP, "indexed by slots' sizes");
static inline struct await_cache *cache_of(size_t slot_size)
{
	ASSERT(slot_size % STEP == 0 && slot_size < AWAIT_CACHED_);
	return (void *)((char *)await_caches + slot_size);
}

/* The caller has already subtracted the slot from cache->room. */
static inline void cache_push(struct await_cache *cache, struct await *slot)
{
	link_to(slot, cache->head);
	cache->head = slot;
}

/* slab_give() into a list that has no room: cache->room has fallen below 0. */
COLD void cache_give_full(struct await *aw, struct await_cache *cache);

/* slab_retire(), inlined. Its refs become 0 as well. */
static inline bool slot_retire(struct await *aw)
{
	uint32_t serial = serial_of(aw);

	/* Release: what was done to end the await comes first; partner: any
	 * acquire that sees the slot free. */
	store_two(&aw->state, AWAIT_FREE, 0);
	/* Release: a thread that sees anything stored into the slot from now on
	 * also sees that it was free; partner: the fence in unchanged() in
	 * snapshot.c. The thread sanitizer does not support fences. */
#ifndef __SANITIZE_THREAD__
	atomic_thread_fence(memory_order_release);
#endif
	/* Release, by store_two(): a thread that reads the new serial also sees
	 * that the slot was free; partner: begin() in snapshot.c. The next
	 * await begins without an error. */
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

/* Takes a chain of free slots of a class, which ends in NULL. Returns NULL when
 * memory is out. */
struct await *depot_take(uint32_t class, uint32_t *length);
/* Gives such a chain back. */
void depot_give(uint32_t class, struct await *first, uint32_t length);

/* Maps a slab with one slot, which begins at a multiple of align, at least that
 * of a slab's header. The caller holds slab_lock(). NULL when memory is out. */
struct slab *slab_new_huge(uint32_t slot_size, uint32_t align);

/* Takes a slot of more than LARGEST bytes for an await of func: the only one of
 * a new slab, or one that was freed (huge.c). NULL when memory is out. */
struct await *huge_alloc(const struct await_func *func);
/* Frees such a slot. Its payload's pages go back to the kernel, except the page
 * that holds its head. */
void huge_free(struct await *slot);
