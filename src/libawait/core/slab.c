/* SPDX-License-Identifier: MIT */
/*
 * The memory of awaits, which is also their registry: a walk over the slabs
 * sees every await there is, and no operation pays for that.
 *
 * A slab is carved into slots of one size. Slots of up to 512 bytes come in
 * steps of 32, larger ones in powers of two, those above 32 KiB have a slab to
 * themselves (huge.c). The size of the others decides their alignment: the
 * largest power of two that divides it.
 *
 * A slot is FREE (state 0, as in fresh pages) or holds an await. A free slot is
 * in a free list of a thread (cache.c), in a magazine in the depot, or not yet
 * carved from its slab; lists and magazines are chained through `site`. Sizes
 * without thread lists use the depot alone, in magazines of one.
 *
 * Slabs are never unmapped, so reading or waking a slot that was freed is
 * harmless: sleep.c and debuggers rely on that.
 */
#include "libawait/core/magazine.h"
#include "libawait/core/lock.h"
#include "libawait/core/memory.h"
#include "libawait/core/sanitizer.h"
#include "libawait/core/slab_set.h"

#include <string.h>
#include <sys/mman.h>

#define PAGE 4096u
#define CARVE 128u /* slots taken from a slab at once */

_Static_assert(CARVE <= MAGAZINE_SLOTS, "what is carved fits into a list");

AWAIT_ATOMIC(struct slab *) await_slabs;

/* Everything below is guarded by depot_lock. */
static struct lock depot_lock = LOCK_INITIALIZER;
static struct {
	struct await
		*magazines; /* the first slot of each; see magazine_next() */
	struct slab *slab;  /* being carved */
	uint32_t carved;
} depot[CLASSES];
static uint64_t next_id = 1;

void slab_lock(void)
{
	lock_take(&depot_lock);
}

void slab_unlock(void)
{
	lock_release(&depot_lock);
}

/* A magazine is a chain of free slots. Its first slot also holds the length, in
 * `error`, and, just behind its head, the address of the next magazine. Its
 * refs stay 0, like those of all free slots. */
static struct await *magazine_next(const struct await *first)
{
	struct await *next;

	memcpy(&next, (const char *)first + sizeof(*first), sizeof(next));
	return next;
}

static void magazine_push(struct await **list, struct await *first,
			  uint32_t length)
{
	/* Relaxed, here and in magazine_pop(): guarded by depot_lock. */
	atomic_store_explicit(&first->error, (int32_t)length,
			      memory_order_relaxed);
	memcpy((char *)first + sizeof(*first), list, sizeof(*list));
	*list = first;
}

static struct await *magazine_pop(struct await **list, uint32_t *length)
{
	struct await *first = *list;

	*length = (uint32_t)atomic_load_explicit(&first->error,
						 memory_order_relaxed);
	atomic_store_explicit(&first->error, 0, memory_order_relaxed);
	*list = magazine_next(first);
	return first;
}

/* Relaxed: the caller has the slot to itself. */
static inline bool is_free(const struct await *slot)
{
	return state_of(atomic_load_explicit(&((struct await *)slot)->state,
					     memory_order_relaxed)) ==
	       AWAIT_FREE;
}

static uint32_t class_size(uint32_t class)
{
	return class < CACHED_CLASSES ? class * STEP :
					512u << (class - CACHED_CLASSES + 1);
}

static uint32_t first_slot_of(uint32_t align)
{
	return (uint32_t)(sizeof(struct slab) + align - 1) & -align;
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

/* size is that of the mapping; the first slot is aligned to align. */
static struct slab *slab_new(uint32_t slot_size, uint32_t align, size_t size)
{
	struct slab *slab = map_aligned(size), *head;

	ASSERT_HELD(&depot_lock);
	if (!slab)
		return NULL;
	slab->magic = SLAB_MAGIC;
	slab->first_id = next_id;
	slab->size = size;
	slab->slot_size = slot_size;
	slab->first_slot = first_slot_of(align);
	slab->count = (uint32_t)((size - slab->first_slot) / slot_size);
	if (!slab_set_add(slab)) {
		munmap(slab, size);
		return NULL;
	}
	next_id += slab->count;
	sanitizer_add_root(slab, size);

	/* Relaxed: only pushed under depot_lock. */
	head = atomic_load_explicit(&await_slabs, memory_order_relaxed);
	slab->next = head;
	/* Release: a walker that finds the slab finds its header written;
	 * partner: the acquire in slab_walk(). */
	atomic_store_explicit(&await_slabs, slab, memory_order_release);
	return slab;
}

struct slab *slab_new_huge(uint32_t slot_size, uint32_t align)
{
	size_t size = (size_t)first_slot_of(align) + slot_size;

	return slab_new(slot_size, align, (size + PAGE - 1) / PAGE * PAGE);
}

/* Chains up to CARVE fresh slots. */
static struct await *carve(uint32_t class, uint32_t *length)
{
	uint32_t size = class_size(class), align = size & -size, n;
	struct slab *slab = depot[class].slab;
	char *first;

	ASSERT_HELD(&depot_lock);
	if (!slab || depot[class].carved == slab->count) {
		slab = slab_new(size, align < PAGE ? align : PAGE, SLAB_SIZE);
		if (!slab)
			return NULL;
		depot[class].slab = slab;
		depot[class].carved = 0;
	}
	n = slab->count - depot[class].carved;
	if (n > CARVE)
		n = CARVE;
	if (class >= CACHED_CLASSES)
		n = 1; /* no list could keep the rest */
	first = (char *)slab + slab->first_slot +
		(size_t)depot[class].carved * size;
	for (char *slot = first, *last = first + (size_t)(n - 1) * size;
	     slot != last; slot += size)
		link_to((void *)slot, (void *)(slot + size));
	depot[class].carved += n;
	*length = n;
	return (struct await *)(void *)first;
}

struct await *depot_take(uint32_t class, uint32_t *length)
{
	struct await *first;

	lock_take(&depot_lock);
	if (depot[class].magazines)
		first = magazine_pop(&depot[class].magazines, length);
	else
		first = carve(class, length);
	lock_release(&depot_lock);
	return first;
}

void depot_give(uint32_t class, struct await *first, uint32_t length)
{
	ASSERT(length > 0 && is_free(first));
	lock_take(&depot_lock);
	magazine_push(&depot[class].magazines, first, length);
	lock_release(&depot_lock);
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

static bool is_slot_of(const struct slab *slab, const void *handle)
{
	/* For an address before the first slot this wraps round to an offset
	 * that is too large for any slot. */
	uintptr_t offset =
		(uintptr_t)handle - (uintptr_t)slab - slab->first_slot;

	return offset % slab->slot_size == 0 &&
	       offset / slab->slot_size < slab->count;
}

bool slab_has_slot(const void *handle)
{
	const struct slab *slab = slab_of(handle);

	return slab_set_has(slab) && is_slot_of(slab, handle);
}
