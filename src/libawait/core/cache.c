/* SPDX-License-Identifier: MIT */
/*
 * Taking a slot for an await and giving it back, from and to lists of the
 * calling thread, without a lock. For each class a thread has two lists: head,
 * with room for `room` more slots, and full, which holds MAGAZINE_SLOTS or
 * none. Whole lists come from the depot and go back to it: slab.c.
 *
 * The fast paths are short and need no stack frame: rare cases are in functions
 * of their own.
 */
#include "libawait/core/hooks.h"
#include "libawait/core/magazine.h"
#include "libawait/core/thread.h"

EXPORT __thread struct await_cache await_caches[CACHED_CLASSES]
	__attribute__((tls_model("initial-exec")));

/* Fills the thread's list, which is empty. False if it stays so. */
COLD static bool cache_refill(struct await_cache *cache)
{
	struct await *first = cache->full;
	uint32_t length = MAGAZINE_SLOTS;

	if (!thread_self())
		return false;
	if (first)
		cache->full = NULL;
	else
		first = depot_take((uint32_t)(cache - await_caches), &length);
	if (!first)
		return false;
	cache->head = first;
	cache->room = (int32_t)(MAGAZINE_SLOTS - length);
	return true;
}

/* Makes room in a list that is full or was never used, so that its room has
 * fallen below 0, and takes one place in it. False if the list cannot be
 * used. */
static bool cache_make_room(struct await_cache *cache)
{
	cache->room = 0;
	if (!thread_self())
		return false;
	cache->room = MAGAZINE_SLOTS - 1;
	if (!cache->head)
		return true;
	if (cache->full)
		depot_give((uint32_t)(cache - await_caches), cache->full,
			   MAGAZINE_SLOTS);
	cache->full = cache->head;
	cache->head = NULL;
	return true;
}

/* For sizes that are in no thread's lists, only in the depot. */
COLD static struct await *alloc_uncached(const struct await_site *site)
{
	uint32_t slot_size = site->func->slot_size, length;
	struct await *aw;

	core_hooks.begin();
	aw = slot_size > LARGEST ? huge_alloc(site->func) :
				   depot_take(class_of(slot_size), &length);
	if (!aw)
		return NULL;
	aw->site = site;
	/* Relaxed: published together with the payload. */
	atomic_store_explicit(&aw->refs, 1, memory_order_relaxed);
	return aw;
}

EXPORT struct await *await_core_alloc(const struct await_site *site)
{
	uint32_t slot_size = site->func->slot_size;
	struct await_cache *cache;

	if (UNLIKELY(slot_size >= AWAIT_CACHED_))
		return alloc_uncached(site);
	cache = cache_of(slot_size);
	if (UNLIKELY(!cache->head) && !cache_refill(cache))
		return NULL;
	return await_cache_take_(cache, site);
}

COLD static void free_to_depot(struct await *aw, uint32_t class)
{
	link_to(aw, NULL);
	depot_give(class, aw, 1);
}

COLD void cache_give_full(struct await *aw, struct await_cache *cache)
{
	if (cache_make_room(cache))
		cache_push(cache, aw);
	else
		free_to_depot(aw, (uint32_t)(cache - await_caches));
}

/* For sizes that are in no thread's lists, only in the depot. */
COLD static void free_uncached(struct await *aw, size_t slot_size)
{
	if (slot_size > LARGEST)
		huge_free(aw);
	else
		free_to_depot(aw, class_of((uint32_t)slot_size));
}

static void give(struct await *aw, size_t slot_size)
{
	if (slot_size >= AWAIT_CACHED_)
		free_uncached(aw, slot_size);
	else
		slot_give(aw, slot_size);
}

bool slab_retire(struct await *aw)
{
	return slot_retire(aw);
}

void slab_give(struct await *aw, size_t slot_size)
{
	give(aw, slot_size);
}

void slab_free(struct await *aw, size_t slot_size)
{
	if (LIKELY(slot_retire(aw)))
		give(aw, slot_size);
}

void slab_thread_exit(void)
{
	for (uint32_t class = 1; class < CACHED_CLASSES; class ++) {
		struct await_cache *cache = &await_caches[class];

		if (cache->head)
			depot_give(class, cache->head,
				   (uint32_t)((int32_t)MAGAZINE_SLOTS -
					      cache->room));
		if (cache->full)
			depot_give(class, cache->full, MAGAZINE_SLOTS);
		cache->head = NULL;
		cache->full = NULL;
		cache->room = 0;
	}
}
