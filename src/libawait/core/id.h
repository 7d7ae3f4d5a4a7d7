/* SPDX-License-Identifier: MIT */
/*
 * Ids number places: a slab holds the id of its first slot, and each further
 * await in a slot is a new generation of the slot's id. So an id costs nothing
 * to give, is never given twice, and leads back to its await.
 *
 *     (generation << 32) + first_id + index of the slot,
 *     printed as #N, or #N.generation from the second life on
 */
#pragma once

#include "libawait/core/slab.h"

/* The id of the await that slot holds while its serial word is serial; of the
 * next one, if the slot is free. */
static inline uint64_t slot_id(const struct await *slot, uint32_t serial)
{
	const struct slab *slab = slab_of(slot);
	uint64_t generation = serial / SERIAL_GENERATION_ONE;

	return (generation << 32) + slab->first_id + slab_index(slab, slot);
}

/* The id of the last await that a free slot held. */
static inline uint64_t slot_last_id(const struct await *slot)
{
	return slot_id(slot, serial_of(slot) - SERIAL_GENERATION_ONE);
}

/* Whether aw is the slot that id names, ignoring the generation. Avoids the
 * division in slot_id(). */
static inline bool slot_has_id(const struct await *aw, uint64_t id)
{
	const struct slab *slab = slab_of(aw);
	uint64_t index = (uint32_t)id - (uint32_t)slab->first_id;

	return (uintptr_t)slab + slab->first_slot + index * slab->slot_size ==
	       (uintptr_t)aw;
}
