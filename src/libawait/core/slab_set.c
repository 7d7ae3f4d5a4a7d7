/* SPDX-License-Identifier: MIT */
/*
 * Which addresses are slabs, so that any pointer can be judged in the same time
 * however many slabs there are: a bit for each multiple of SLAB_SIZE below
 * 2^48, in pages that are mapped when the first of their bits is set. The
 * kernel maps nothing higher up unless it is asked to.
 */
#include "libawait/core/slab_set.h"

#include "libawait/core/memory.h"

#include <limits.h>

#define LEAF_SHIFT 15u /* bits of a page of 4 KiB */
#define LEAF_BITS (1u << LEAF_SHIFT)
#define NUMBERS_SHIFT 30u /* 2^48 / SLAB_SIZE */
#define LEAVES (1u << (NUMBERS_SHIFT - LEAF_SHIFT))
#define WORD_BITS (sizeof(uintptr_t) * CHAR_BIT)

typedef AWAIT_ATOMIC(uintptr_t) leaf_word;
static AWAIT_ATOMIC(leaf_word *) leaves[LEAVES];

static uint64_t number_of(const struct slab *slab)
{
	return (uintptr_t)slab / SLAB_SIZE;
}

/* Acquire: the page's bits are read next; partner: the release in
 * slab_set_add(). */
static leaf_word *leaf_of(uint64_t number)
{
	return atomic_load_explicit(&leaves[number >> LEAF_SHIFT],
				    memory_order_acquire);
}

static leaf_word *word_of(leaf_word *leaf, uint64_t number)
{
	return &leaf[number % LEAF_BITS / WORD_BITS];
}

bool slab_set_add(const struct slab *slab)
{
	uint64_t number = number_of(slab);
	leaf_word *leaf;
	uintptr_t bits;

	if (number >> NUMBERS_SHIFT)
		return false;
	leaf = leaf_of(number);
	if (!leaf) {
		leaf = memory_map(LEAF_BITS / CHAR_BIT);
		if (!leaf)
			return false;
		/* Release: its bits are seen zeroed; partner: leaf_of(). */
		atomic_store_explicit(&leaves[number >> LEAF_SHIFT], leaf,
				      memory_order_release);
	}
	/* Relaxed: the caller's lock keeps others from adding. */
	bits = atomic_load_explicit(word_of(leaf, number),
				    memory_order_relaxed);
	/* Release: the header is written; partner: the acquire in
	 * slab_set_has(). */
	atomic_store_explicit(word_of(leaf, number),
			      bits | (uintptr_t)1 << number % WORD_BITS,
			      memory_order_release);
	return true;
}

bool slab_set_has(const struct slab *claimed)
{
	uint64_t number = number_of(claimed);
	leaf_word *leaf;
	uintptr_t bits;

	leaf = number >> NUMBERS_SHIFT ? NULL : leaf_of(number);
	if (!leaf)
		return false;
	/* Acquire: the slab's header is read next; partner: the release in
	 * slab_set_add(). */
	bits = atomic_load_explicit(word_of(leaf, number),
				    memory_order_acquire);
	return bits >> number % WORD_BITS & 1;
}
