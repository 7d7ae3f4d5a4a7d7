/* SPDX-License-Identifier: MIT */
/*
 * Slots of more than LARGEST bytes, each of which has a slab to itself.
 *
 * Their sizes are rounded up to an eighth of a power of two, so that all slots
 * of one class can take the place of one another. Freed slots are in one list
 * for each class and alignment; taking one looks at the heads of a few lists
 * and never searches any. What rounding adds is address space only: pages that
 * nobody touches take no memory.
 */
#include "libawait/core/magazine.h"

#include <sys/mman.h>

#define PAGE 4096u
#define STEPS 8u /* classes between a power of two and the next */
#define STEPS_SHIFT 3u
#define LARGEST_SHIFT 15u
#define HUGE_CLASSES ((32u - LARGEST_SHIFT) * STEPS)
#define BIGGEST (UINT32_MAX - STEP + 1) /* of all slots */

/* Alignments of 64 bytes, which the header of a slab has, up to a page. */
#define LEAST_ALIGN 64u
#define ALIGNMENTS 7u

_Static_assert(LARGEST == 1u << LARGEST_SHIFT, "classes begin behind it");
_Static_assert(STEPS == 1u << STEPS_SHIFT, "they are found by shifting");
_Static_assert(LEAST_ALIGN << (ALIGNMENTS - 1) == PAGE, "the last is a page");

/* Guarded by slab_lock(); chained as thread's lists are. */
static struct await *freed[ALIGNMENTS][HUGE_CLASSES];

/* Class 0 ends at LARGEST and an eighth of it. */
static uint32_t class_of_huge(uint32_t size)
{
	uint32_t shift = 31 - (uint32_t)__builtin_clz(size - 1);
	uint32_t eighth = (size - 1) >> (shift - STEPS_SHIFT) & (STEPS - 1);

	return (shift - LARGEST_SHIFT) * STEPS + eighth;
}

static uint32_t size_of_class(uint32_t class)
{
	uint32_t shift = class / STEPS + LARGEST_SHIFT - STEPS_SHIFT;
	uint64_t size = (uint64_t)(STEPS + class % STEPS + 1) << shift;

	return size < BIGGEST ? (uint32_t)size : BIGGEST;
}

/* What the arguments and the value of func may be aligned to: their offsets in
 * the slot are multiples of that, and so is the slot's size. */
static uint32_t align_of(const struct await_func *func)
{
	uint32_t args = func->args_offset & -func->args_offset;
	uint32_t value = func->value_offset & -func->value_offset;
	uint32_t size = func->slot_size & -func->slot_size;
	uint32_t align = args > value ? args : value;

	align = align < size ? align : size;
	align = align > LEAST_ALIGN ? align : LEAST_ALIGN;
	return align < PAGE ? align : PAGE;
}

static uint32_t place_of_align(uint32_t align)
{
	return (uint32_t)__builtin_ctz(align / LEAST_ALIGN);
}

/* Takes a freed slot that is large enough, but hardly more than twice that. */
static struct await *take_freed(uint32_t align, uint32_t class)
{
	uint32_t end = class + STEPS + 1;

	if (end > HUGE_CLASSES)
		end = HUGE_CLASSES;
	for (uint32_t i = place_of_align(align); i < ALIGNMENTS; i++)
		for (uint32_t j = class; j < end; j++) {
			struct await *slot = freed[i][j];

			if (!slot)
				continue;
			freed[i][j] = link_next(slot);
			return slot;
		}
	return NULL;
}

struct await *huge_alloc(const struct await_func *func)
{
	uint32_t class = class_of_huge(func->slot_size);
	uint32_t align = align_of(func);
	struct await *slot;
	struct slab *slab;

	slab_lock();
	slot = take_freed(align, class);
	if (!slot) {
		slab = slab_new_huge(size_of_class(class), align);
		if (slab)
			slot = (void *)((char *)slab + slab->first_slot);
	}
	slab_unlock();
	return slot;
}

void huge_free(struct await *slot)
{
	struct slab *slab = slab_of(slot);
	uint32_t class = class_of_huge(slab->slot_size);
	uintptr_t from = ((uintptr_t)slot + PAGE) & ~(uintptr_t)(PAGE - 1);
	uintptr_t to = (uintptr_t)slab + slab->size;
	uint32_t align = slab->first_slot & -slab->first_slot;

	madvise((void *)from, to - from, MADV_DONTNEED);
	slab_lock();
	link_to(slot, freed[place_of_align(align)][class]);
	freed[place_of_align(align)][class] = slot;
	slab_unlock();
}
