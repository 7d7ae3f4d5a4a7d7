/* SPDX-License-Identifier: MIT */
/*
 * Slabs, whose slots hold awaits, and ids, which number the slots. slab.c has
 * the model; cache.c is how threads take slots and give them back; magazine.h
 * is the interface between the two.
 */
#pragma once

#include "abi/slab_sound.h"
#include "libawait/core/state.h"

#include <stdbool.h>

#define SLAB_SIZE (256u << 10)
#define SLAB_MAGIC 0x42414c5354495741ull /* "AWITSLAB" */

/*
 * A slab is this header followed, from first_slot on, by count slots of
 * slot_size bytes. It is aligned to SLAB_SIZE; a larger one holds a single
 * slot. The header is written before the slab is pushed on await_slabs and
 * constant from then on, except for saved_args. A slab is never unmapped.
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
	/* An array with one entry for each slot; NULL without
	 * LIBAWAIT_DEBUG=args. Set once, at the first run of an await in this
	 * slab: see saved_args.c. */
	AWAIT_ATOMIC(struct saved_args *) saved_args;
};

extern AWAIT_ATOMIC(struct slab *) await_slabs;

/* Whether a copy of a slab's header can be trusted: the original may have been
 * overwritten. */
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

/* Makes a slot FREE and gives its next await a new id. False if the slot has
 * used up its ids: then it is never handed out again. */
bool slab_retire(struct await *aw);
/* Makes a FREE slot that is on no list available again. slot_size is the size
 * it was allocated with: its function's or its slab's. */
void slab_give(struct await *aw, size_t slot_size);
/* slab_retire() and, if that returns true, slab_give(). */
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
/* For fork.c and huge.c. */
void slab_lock(void);
void slab_unlock(void);
/* Gives the free slots of this thread, which is ending, to the depot. */
void slab_thread_exit(void);
/* Calls visit for every slot of every slab, free ones included. */
void slab_walk(void (*visit)(struct await *aw, void *data), void *data);

/* Whether handle, which may be any pointer, is the address of a slot. */
bool slab_has_slot(const void *handle);
