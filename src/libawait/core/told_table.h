/* SPDX-License-Identifier: MIT */
/*
 * The side table of told.c, for that and tell.c: who is to be told of outcomes.
 * All of it is guarded by its lock, but for the counts of sleepers.
 */
#pragma once

#include "libawait/core/compiler.h"
#include "libawait/core/told.h"

#define BUCKET_BITS 12
#define BUCKETS (1u << BUCKET_BITS)

extern struct told_table {
	struct told *buckets[BUCKETS];
	/* How many threads sleep on the state words of awaits of each. */
	AWAIT_ATOMIC(uint32_t) sleepers[BUCKETS];
	/* 0; 1 as it is held; 2 if others may sleep for it. It is held for a
	 * few instructions, by each outcome that is told: a mutex of the C
	 * library would be most of what that costs. */
	AWAIT_ATOMIC(uint32_t) lock;
	/* Entries that are not in use. They are never freed. */
	struct told *spare;
} told_table HIDDEN;

COLD void told_lock_contended(void);
COLD void told_unlock_contended(void);

/* False: the caller must call told_lock_contended(). */
static inline bool told_try_lock(void)
{
	/* Acquire: what the last holder wrote; partner: told_try_unlock(). That
	 * it was 2 is not forgotten: told_lock_contended() stores that again.
	 */
	return LIKELY(atomic_exchange_explicit(&told_table.lock, 1,
					       memory_order_acquire) == 0);
}

/* False: the caller must call told_unlock_contended(). */
static inline bool told_try_unlock(void)
{
	/* Release: what this thread wrote; partner: told_try_lock(). */
	return LIKELY(atomic_fetch_sub_explicit(&told_table.lock, 1,
						memory_order_release) == 1);
}

static inline uint32_t told_bucket(const struct await *aw)
{
	const uint64_t odd = 0x9e3779b97f4a7c15;

	return (uint32_t)((uintptr_t)aw * odd >> (64 - BUCKET_BITS));
}

static inline bool told_has_outcome(uint32_t word)
{
	return state_of(word) != AWAIT_PENDING &&
	       state_of(word) != AWAIT_RUNNING;
}

/* Where the first entry of aw from there on hangs, or the end of its bucket. */
static inline struct told **told_find(struct told **at, const struct await *aw)
{
	while (*at && (*at)->aw != aw)
		at = &(*at)->next;
	return at;
}

static inline void told_put_aside(struct told *told)
{
	told->next = told_table.spare;
	told_table.spare = told;
}
