/* SPDX-License-Identifier: MIT */
/*
 * Checks whether the header of a slab can be trusted. It may lie in memory that
 * was overwritten, of this process or of another one, so whoever walks the
 * slabs copies the header first and checks the copy. Once these numbers are
 * sound, no slot lies outside the mapping and none overlaps the header.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Slot sizes are multiples of this. */
#define SLAB_SLOT_ALIGN 32u

/* Fields of the header; src/abi/debug.h says where they are. */
struct slab_numbers {
	uint64_t magic;
	uint64_t size; /* of the mapping */
	uint32_t slot_size, first_slot, count;
};

/* magic is that of every slab, head the size of an await without its payload,
 * alignment that of slabs. */
static inline bool slab_is_sound(const struct slab_numbers *slab,
				 uint64_t magic, uint32_t head,
				 uint32_t alignment)
{
	uint64_t slots = (uint64_t)slab->slot_size * slab->count;

	return slab->magic == magic && slab->count > 0 &&
	       slab->slot_size >= head &&
	       slab->slot_size % SLAB_SLOT_ALIGN == 0 && slab->first_slot > 0 &&
	       slab->first_slot % SLAB_SLOT_ALIGN == 0 &&
	       slab->first_slot < alignment &&
	       slab->first_slot + slots <= slab->size &&
	       /* A slot must lie within alignment of its slab, which is found
		* by its address; a slot that is alone in a larger slab begins
		* there. */
	       (slab->count == 1 || slab->first_slot + slots <= alignment);
}
