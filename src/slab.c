/* SPDX-License-Identifier: MIT */
/*
 * Memory of awaits, which is also their registry: whoever walks the slabs sees
 * every await there is, and no operation pays for it.
 *
 * A slab is carved into slots of one size. Slots of up to 512 bytes come in
 * steps of 32, larger ones in powers of two, those above 32 KiB have a slab to
 * themselves. A slot's size decides its alignment: the largest power of two
 * that divides it.
 *
 * A slot is FREE (state 0, which fresh pages are) or an await. Free slots are
 * chained through `site`: in the free list of a thread (taken and given
 * without a lock), in batches in the depot, or not yet carved. Sizes without
 * thread lists use the depot alone, in batches of one.
 *
 * Slabs are never unmapped, so reading or waking a slot that was freed is
 * harmless: block.c relies on it, and debuggers do.
 */
#include "internal.h"

#include <pthread.h>
#include <string.h>
#include <sys/mman.h>

#define STEP 32u
#define CACHED_CLASSES                                                         \
	17u	    /* class 1 is 32 bytes, class 16 is 512; 0 unused          \
		     */
#define CLASSES 23u /* class 17 is 1 KiB, class 22 is 32 KiB */
#define LARGEST (32u << 10)
#define PAGE 4096u
#define CARVE 128u /* slots taken from a slab at once */
#define BATCH 256u /* free slots of a class a thread keeps, twice */

_Static_assert(CARVE <= BATCH, "what is carved fits into a list");

AWAIT_ATOMIC(struct slab *) EXPORT await_slabs;

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

/* Everything below is guarded by depot_lock. */
static pthread_mutex_t depot_lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
	struct await *batches; /* the first slot of each; see batch_next() */
	struct slab *slab;     /* being carved */
	uint32_t carved;
} depot[CLASSES];
static struct await *depot_huge; /* batches of one, of any size */
static uint64_t next_id = 1;

void slab_lock(void)
{
	pthread_mutex_lock(&depot_lock);
}

void slab_unlock(void)
{
	pthread_mutex_unlock(&depot_lock);
}

static struct await *link_next(const struct await *slot)
{
	return (struct await *)(uintptr_t)slot->site;
}

static void link_to(struct await *slot, struct await *next)
{
	slot->site = (const struct await_site *)(const void *)next;
}

/* A batch is a chain; its first slot knows the next batch and, as its error,
 * the length. Its refs stay 0, as those of all free slots. */
static struct await *batch_next(const struct await *first)
{
	struct await *next;

	memcpy(&next, (const char *)first + sizeof(*first), sizeof(next));
	return next;
}

static void batch_push(struct await **list, struct await *first,
		       uint32_t length)
{
	/* Relaxed, here and in batch_pop(): guarded by depot_lock. */
	atomic_store_explicit(&first->error, (int32_t)length,
			      memory_order_relaxed);
	memcpy((char *)first + sizeof(*first), list, sizeof(*list));
	*list = first;
}

static struct await *batch_pop(struct await **list, uint32_t *length)
{
	struct await *first = *list;

	*length = (uint32_t)atomic_load_explicit(&first->error,
						 memory_order_relaxed);
	atomic_store_explicit(&first->error, 0, memory_order_relaxed);
	*list = batch_next(first);
	return first;
}

/* Of slots of more than 512 bytes; the class of others is size / STEP. */
static uint32_t class_of(uint32_t slot_size)
{
	return CACHED_CLASSES - 1 + (32 - 9) -
	       (uint32_t)__builtin_clz(slot_size - 1);
}

static uint32_t class_size(uint32_t class)
{
	return class < CACHED_CLASSES ? class * STEP :
					512u << (class - CACHED_CLASSES + 1);
}

/* Maps size bytes, aligned to SLAB_SIZE; NULL when memory is out. */
static void *map_aligned(size_t size)
{
	size_t whole = size + SLAB_SIZE;
	char *map = memory_map(whole);
	size_t before;

	if (!map)
		return NULL;
	before = -(uintptr_t)map & (SLAB_SIZE - 1);
	if (before != 0)
		munmap(map, before);
	munmap(map + before + size, whole - before - size);
	return map + before;
}

/* depot_lock held. */
static struct slab *slab_new(uint32_t slot_size, size_t size)
{
	struct slab *slab = map_aligned(size), *head;
	uint32_t align = slot_size & -slot_size;

	if (!slab)
		return NULL;
	if (align > PAGE)
		align = PAGE;
	slab->magic = SLAB_MAGIC;
	slab->first_id = next_id;
	slab->size = size;
	slab->slot_size = slot_size;
	slab->first_slot = (sizeof(*slab) + align - 1) & -align;
	slab->count = (uint32_t)((size - slab->first_slot) / slot_size);
	next_id += slab->count;

	/* Relaxed: only pushed under depot_lock. */
	head = atomic_load_explicit(&await_slabs, memory_order_relaxed);
	slab->next = head;
	/* Release: a walker that finds the slab finds its header written;
	 * partner: the acquire in slab_walk(). */
	atomic_store_explicit(&await_slabs, slab, memory_order_release);
	return slab;
}

/* Chains up to CARVE fresh slots; depot_lock held. */
static struct await *carve(uint32_t class, uint32_t *length)
{
	uint32_t size = class_size(class), n;
	struct slab *slab = depot[class].slab;
	char *first;

	if (!slab || depot[class].carved == slab->count) {
		slab = slab_new(size, SLAB_SIZE);
		if (!slab)
			return NULL;
		depot[class].slab = slab;
		depot[class].carved = 0;
	}
	n = slab->count - depot[class].carved;
	if (n > CARVE)
		n = CARVE;
	if (class >= CACHED_CLASSES)
		n = 1; /* nobody keeps the rest */
	first = (char *)slab + slab->first_slot +
		(size_t)depot[class].carved * size;
	for (char *slot = first, *last = first + (size_t)(n - 1) * size;
	     slot != last; slot += size)
		link_to((void *)slot, (void *)(slot + size));
	depot[class].carved += n;
	*length = n;
	return (struct await *)(void *)first;
}

/* A chain of free slots of a class, ending in NULL; NULL when memory is out. */
static struct await *depot_take(uint32_t class, uint32_t *length)
{
	struct await *first;

	pthread_mutex_lock(&depot_lock);
	if (depot[class].batches)
		first = batch_pop(&depot[class].batches, length);
	else
		first = carve(class, length);
	pthread_mutex_unlock(&depot_lock);
	return first;
}

static void depot_give(struct await **list, struct await *first,
		       uint32_t length)
{
	pthread_mutex_lock(&depot_lock);
	batch_push(list, first, length);
	pthread_mutex_unlock(&depot_lock);
}

/* Reuses a slab of one that is large enough but at most twice as large. */
static struct await *huge_alloc(uint32_t slot_size)
{
	struct await **link, *slot = NULL;
	struct slab *slab;
	uint32_t length;

	pthread_mutex_lock(&depot_lock);
	for (link = &depot_huge; *link; link = (void *)(*link + 1)) {
		uint32_t have = slab_of(*link)->slot_size;

		if (have >= slot_size && have / 2 <= slot_size)
			break;
	}
	if (*link) {
		slot = batch_pop(link, &length);
	} else {
		size_t size = (size_t)slot_size + 2 * PAGE - 1;

		slab = slab_new(slot_size, size / PAGE * PAGE);
		if (slab)
			slot = (void *)((char *)slab + slab->first_slot);
	}
	pthread_mutex_unlock(&depot_lock);
	return slot;
}

/* Gives back the memory of a large payload, but for the page of its head. */
static void huge_free(struct await *slot)
{
	struct slab *slab = slab_of(slot);
	uintptr_t from = ((uintptr_t)slot + PAGE) & ~(uintptr_t)(PAGE - 1);
	uintptr_t to = (uintptr_t)slab + slab->size;

	madvise((void *)from, to - from, MADV_DONTNEED);
	depot_give(&depot_huge, slot, 1);
}

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
		depot_give(&depot[cache - caches].batches, cache->full, BATCH);
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

	if (UNLIKELY(slot_size >= sizeof(caches)))
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
	depot_give(&depot[class].batches, aw, 1);
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

static inline void give(struct await *aw, size_t slot_size)
{
	struct cache *cache;

	if (UNLIKELY(slot_size >= sizeof(caches))) {
		free_uncached(aw, slot_size);
		return;
	}
	cache = cache_of(slot_size);
	if (UNLIKELY(--cache->room < 0))
		free_making_room(aw, cache);
	else
		cache_push(cache, aw);
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

void slab_thread_exit(void)
{
	for (uint32_t class = 1; class < CACHED_CLASSES; class ++) {
		struct cache *cache = &caches[class];

		if (cache->head)
			depot_give(&depot[class].batches, cache->head,
				   (uint32_t)((int32_t)BATCH - cache->room));
		if (cache->full)
			depot_give(&depot[class].batches, cache->full, BATCH);
		cache->head = NULL;
		cache->full = NULL;
		cache->room = 0;
	}
}

void slab_walk(void (*visit)(struct await *aw, void *data), void *data)
{
	/* Acquire: partner of the release in slab_new(). */
	struct slab *slab =
		atomic_load_explicit(&await_slabs, memory_order_acquire);

	for (; slab; slab = slab->next) {
		char *slot = (char *)slab + slab->first_slot;

		for (uint32_t i = 0; i < slab->count; i++)
			visit((void *)(slot + (size_t)i * slab->slot_size),
			      data);
	}
}
