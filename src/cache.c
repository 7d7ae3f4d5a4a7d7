/* SPDX-License-Identifier: MIT */
/*
 * Taking a slot for an await and giving it back: from and to lists of the
 * thread, without a lock. slab.c has what these lists come from.
 *
 * What is usual is short and needs no stack frame; the rest is in functions of
 * its own that are called last.
 */
#include "slab.h"

/*
 * A thread's free slots of one class: a list of up to BATCH that all taking and
 * giving goes to, and behind it none or exactly BATCH, which go to the depot
 * and come from it as a whole: nobody walks a list. room is what the first can
 * still take; 0 in threads that never came here, so their first free registers
 * them.
 */
struct cache {
	struct await *head;
	struct await *full;
	int32_t room;
} __attribute__((aligned(STEP))); /* so that class n lies at n * STEP */

_Static_assert(sizeof(struct cache) == STEP, "indexed by the size of slots");

static __thread struct cache caches[CACHED_CLASSES]
	__attribute__((tls_model("initial-exec")));

/* The thread's list is empty: refill it and take one. */
COLD static struct await *cache_refill(struct cache *cache)
{
	struct await *first = cache->full;
	uint32_t length = BATCH;

	if (!thread_self())
		return NULL;
	if (first)
		cache->full = NULL;
	else
		first = depot_take((uint32_t)(cache - caches), &length);
	if (!first)
		return NULL;
	cache->head = link_next(first);
	cache->room = (int32_t)(BATCH - (length - 1));
	return first;
}

/* Room for one, in a list that was full or never used, as room below 0 told;
 * takes it. False: the list can't be used. */
static bool cache_make_room(struct cache *cache)
{
	cache->room = 0;
	if (!thread_self())
		return false;
	cache->room = BATCH - 1;
	if (!cache->head)
		return true;
	if (cache->full)
		depot_give((uint32_t)(cache - caches), cache->full, BATCH);
	cache->full = cache->head;
	cache->head = NULL;
	return true;
}

/* A multiple of STEP is an offset into caches: no division. */
static struct cache *cache_of(size_t slot_size)
{
	return (void *)((char *)caches + slot_size);
}

/* Its room is taken already. */
static void cache_push(struct cache *cache, struct await *slot)
{
	link_to(slot, cache->head);
	cache->head = slot;
}

/* In a slot that is FREE, with no reference and no error. */
static struct await *begin_life(struct await *aw, const struct await_site *site)
{
	aw->site = site;
	/* Relaxed: published together with the payload. */
	atomic_store_explicit(&aw->refs, 1, memory_order_relaxed);
	return aw;
}

COLD static struct await *alloc_refilled(const struct await_site *site,
					 struct cache *cache)
{
	struct await *aw = cache_refill(cache);

	return aw ? begin_life(aw, site) : NULL;
}

/* A slot that no thread keeps. */
COLD static struct await *alloc_uncached(const struct await_site *site)
{
	uint32_t slot_size = site->func->slot_size, length;
	struct await *aw = slot_size > LARGEST ?
				   huge_alloc(slot_size) :
				   depot_take(class_of(slot_size), &length);

	return aw ? begin_life(aw, site) : NULL;
}

EXPORT struct await *await_core_alloc(const struct await_site *site)
{
	uint32_t slot_size = site->func->slot_size;
	struct cache *cache;
	struct await *slot;

	if (UNLIKELY(slot_size >= SLAB_CACHED))
		return alloc_uncached(site);
	cache = cache_of(slot_size);
	slot = cache->head;
	if (UNLIKELY(!slot))
		return alloc_refilled(site, cache);
	cache->head = link_next(slot);
	cache->room++;
	return begin_life(slot, site);
}

COLD static void free_to_depot(struct await *aw, uint32_t class)
{
	link_to(aw, NULL);
	depot_give(class, aw, 1);
}

/* The thread's list is full, or was never used. */
COLD static void free_making_room(struct await *aw, struct cache *cache)
{
	if (cache_make_room(cache))
		cache_push(cache, aw);
	else
		free_to_depot(aw, (uint32_t)(cache - caches));
}

/* A slot that no thread keeps. */
COLD static void free_uncached(struct await *aw, size_t slot_size)
{
	if (slot_size > LARGEST)
		huge_free(aw);
	else
		free_to_depot(aw, class_of((uint32_t)slot_size));
}

static inline bool retire(struct await *aw)
{
	uint32_t serial = serial_of(aw);

	/* Release: what ended the await comes before; partner: an acquire that
	 * sees the slot free. */
	atomic_store_explicit(&aw->state, AWAIT_FREE, memory_order_release);
	/* Release: who sees what is stored into the slot from now on sees it
	 * free, too; partner: the fence in snapshot.c. The thread sanitizer
	 * knows no fences. */
#ifndef __SANITIZE_THREAD__
	atomic_thread_fence(memory_order_release);
#endif
	/* Relaxed, both: published with the next life, which begins without
	 * an error. */
	atomic_store_explicit(&aw->error, 0, memory_order_relaxed);
	serial = (serial & ~SERIAL_ATTEMPTS) + SERIAL_GENERATION_ONE;
	atomic_store_explicit(&aw->serial, serial, memory_order_relaxed);
	return serial != 0;
}

static inline void give_cached(struct await *aw, size_t slot_size)
{
	struct cache *cache = cache_of(slot_size);

	if (UNLIKELY(--cache->room < 0))
		free_making_room(aw, cache);
	else
		cache_push(cache, aw);
}

static void give(struct await *aw, size_t slot_size)
{
	if (slot_size >= SLAB_CACHED)
		free_uncached(aw, slot_size);
	else
		give_cached(aw, slot_size);
}

bool slab_retire(struct await *aw)
{
	return retire(aw);
}

void slab_give(struct await *aw, size_t slot_size)
{
	give(aw, slot_size);
}

void slab_free(struct await *aw, size_t slot_size)
{
	if (LIKELY(retire(aw)))
		give(aw, slot_size);
}

void slab_free_cached(struct await *aw, size_t slot_size)
{
	if (LIKELY(retire(aw)))
		give_cached(aw, slot_size);
}

void slab_thread_exit(void)
{
	for (uint32_t class = 1; class < CACHED_CLASSES; class ++) {
		struct cache *cache = &caches[class];

		if (cache->head)
			depot_give(class, cache->head,
				   (uint32_t)((int32_t)BATCH - cache->room));
		if (cache->full)
			depot_give(class, cache->full, BATCH);
		cache->head = NULL;
		cache->full = NULL;
		cache->room = 0;
	}
}
