/* SPDX-License-Identifier: MIT */
/*
 * Slabs, of which slots are taken for awaits, and ids, which are places in
 * them. slab.c has the model; cache.c is how threads take slots and give them
 * back; magazine.h is between the two.
 */
#pragma once

#include "abi/slab_sound.h"
#include "libawait/core/state.h"

#include <stdbool.h>

#define SLAB_SIZE (256u << 10)
#define SLAB_MAGIC 0x42414c5354495741ull /* "AWITSLAB" */

/*
 * A slab: this header, then count slots of slot_size bytes from first_slot on.
 * Aligned to SLAB_SIZE; larger ones hold one slot. Written before it is pushed
 * on await_slabs and constant from then on; never unmapped.
 */
struct slab {
	uint64_t magic;
	struct slab *next;
	uint64_t first_id; /* of slot 0; the others follow */
	uint64_t size;	   /* of the mapping */
	uint32_t slot_size;
	uint32_t first_slot; /* offset */
	uint32_t count;
	uint32_t reserved;
	/* Entry i is of slot i; NULL without LIBAWAIT_DEBUG=args. Not constant:
	 * see saved_args.c. */
	AWAIT_ATOMIC(struct saved_args *) saved_args;
};

extern AWAIT_ATOMIC(struct slab *) await_slabs;

/* Whether a copy of a slab's header, which may have been overwritten, is sound.
 */
static inline bool slab_is_believed(const struct slab *copy)
{
	const struct slab_numbers numbers = {
		.magic = copy->magic,
		.size = copy->size,
		.slot_size = copy->slot_size,
		.first_slot = copy->first_slot,
		.count = copy->count,
	};

	return slab_is_sound(&numbers, SLAB_MAGIC, sizeof(struct await),
			     SLAB_SIZE);
}

/* Ends the life of a slot: it is FREE, and its next await has another id.
 * False when it has had all the ids it can have: nobody gets it any more. */
bool slab_retire(struct await *aw);
/* Makes a FREE slot that nobody knows available. slot_size is what it was
 * allocated with: that of its function, or of its slab. */
void slab_give(struct await *aw, size_t slot_size);
/* Both. */
void slab_free(struct await *aw, size_t slot_size);
static inline struct slab *slab_of(const struct await *aw)
{
	return (struct slab *)((uintptr_t)aw & ~(uintptr_t)(SLAB_SIZE - 1));
}
static inline uint32_t slab_index(const struct slab *slab,
				  const struct await *aw)
{
	uint32_t offset = (uint32_t)((const char *)aw - (const char *)slab) -
			  slab->first_slot;

	return offset / slab->slot_size;
}
/* For fork.c, as all *_lock() below. */
void slab_lock(void);
void slab_unlock(void);
/* Gives a dying thread's free slots to the others. */
void slab_thread_exit(void);
/* Calls visit for every slot that has ever been carved. */
void slab_walk(void (*visit)(struct await *aw, void *data), void *data);

/* Whether handle, any pointer, is that of a slot. */
bool slab_has_slot(const void *handle);
