/* SPDX-License-Identifier: MIT */
/*
 * <await/take.h>: how <await/await.h> takes slots for awaits inside. Not for
 * users: nothing here is a promise.
 *
 * A thread keeps free slots of each usual size. Taking one of those is inline,
 * because the call would be most of what it costs; await_core_alloc() is for
 * the others, and when there are none.
 */
#pragma once

#include <await/core.h>
#include <await/tsan.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Slots below this many bytes are kept; their sizes are multiples of step. */
#define AWAIT_CACHED_ 544u
#define AWAIT_CACHE_STEP_ 32u

/*
 * A thread's free slots of one size: a list of up to some hundreds that all
 * taking and giving goes to, chained through site, and behind it none or a full
 * list. room is what the first can still take; 0 in threads that never came
 * here, so their first free registers them.
 */
struct await_cache {
	struct await *head;
	struct await *full;
	int32_t room;
} __attribute__((__aligned__(AWAIT_CACHE_STEP_))); /* as far apart as sizes */

/* Those of n * AWAIT_CACHE_STEP_ bytes are the n-th. */
extern __thread struct await_cache
	await_caches[AWAIT_CACHED_ / AWAIT_CACHE_STEP_]
	__attribute__((__tls_model__("initial-exec")));

#ifdef __cplusplus
}
#endif

/* From a list that is not empty. */
static inline struct await *await_cache_take_(struct await_cache *cache,
					      const struct await_site *site)
{
	struct await *slot = AWAIT_TSAN_TAKEN_(cache->head);

	cache->room++;
	/* Relaxed: published together with the payload. */
#ifdef __cplusplus
	cache->head = reinterpret_cast<struct await *>(
		reinterpret_cast<uintptr_t>(slot->site));
	slot->refs.store(1, AWAIT_ORDER_(relaxed));
#else
	cache->head = (struct await *)(uintptr_t)slot->site;
	atomic_store_explicit(&slot->refs, 1, AWAIT_ORDER_(relaxed));
#endif
	slot->site = site;
	return slot;
}

/* As await_core_alloc(), for slots of that size. */
static inline struct await *await_core_take_sized(const struct await_site *site,
						  uint32_t size)
{
	struct await_cache *cache;

	if (size >= AWAIT_CACHED_)
		return AWAIT_TSAN_TAKEN_(await_core_alloc(site));
	cache = &await_caches[size / AWAIT_CACHE_STEP_];
	if (__builtin_expect(!cache->head, 0))
		return AWAIT_TSAN_TAKEN_(await_core_alloc(site));
	return await_cache_take_(cache, site);
}

/* Where site is a constant, so is all that depends on the size. */
static inline struct await *await_core_take(const struct await_site *site)
{
	return await_core_take_sized(site, site->func->slot_size);
}
