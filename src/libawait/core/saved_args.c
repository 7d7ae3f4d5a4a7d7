/* SPDX-License-Identifier: MIT */
/*
 * LIBAWAIT_DEBUG=args: arguments outlive the run, and so does the address of
 * the wait that ran it, so that what a value was made of can be looked at.
 *
 * Without it a value takes the place of its arguments. With it they are copied
 * before the run; when that succeeds the copy belongs to the await, in a table
 * beside its slab, and their destructors run when the await ends instead of
 * when it resolves. A run whose copy found no memory goes as without it.
 *
 * An entry is written by the runs of its await, before each is published, and
 * cleared by who ends the await: never at once. Others only look.
 */
#include "libawait/core/saved_args.h"

#include "libawait/core/memory.h"
#include "libawait/core/object.h"
#include "libawait/core/slab.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* The entry of aw; NULL when its slab has no table. */
static struct kept *entry(const struct await *aw)
{
	struct slab *slab = slab_of(aw);
	/* Acquire: the entries are zero; partner: table_made(). */
	struct kept *table =
		atomic_load_explicit(&slab->kept, memory_order_acquire);

	return table ? &table[slab_index(slab, aw)] : NULL;
}

/* False when memory is out. */
static bool table_made(struct slab *slab)
{
	size_t size = slab->count * sizeof(struct kept);
	struct kept *made, *there = NULL;

	made = memory_map(size);
	if (!made)
		return false;
	/* Release: its entries are zero before it is found. Relaxed when
	 * another thread was faster: entry() looks again. */
	if (!atomic_compare_exchange_strong_explicit(&slab->kept, &there, made,
						     memory_order_release,
						     memory_order_relaxed))
		munmap(made, size);
	return true;
}

static uint32_t size_of(const struct await_func *func)
{
	return func->slot_size - func->args_offset;
}

void *kept_copy(struct await *aw)
{
	const struct await_func *func = aw->site->func;
	void *copy;

	if (!entry(aw) && !table_made(slab_of(aw)))
		return NULL;
	copy = func->arg_count > 0 ? memory_alloc(size_of(func)) : NULL;
	if (copy)
		memcpy(copy, object_payload(aw, func->args_offset),
		       size_of(func));
	return copy;
}

bool kept_keep(struct await *aw, void *copy, bool resolved, const void *addr)
{
	struct kept *kept = entry(aw);

	if (!kept)
		return false;
	/* Relaxed, both: published with the outcome. */
	atomic_store_explicit(&kept->addr, addr, memory_order_relaxed);
	if (!copy)
		return false;
	if (!resolved) {
		free(copy);
		return false;
	}
	atomic_store_explicit(&kept->args, copy, memory_order_relaxed);
	return true;
}

void kept_end(struct await *aw)
{
	const struct await_func *func = aw->site->func;
	struct kept *kept = entry(aw);
	void *copy;

	if (!kept)
		return;
	/* Relaxed, all: who ends an await has it to itself. */
	atomic_store_explicit(&kept->addr, NULL, memory_order_relaxed);
	copy = atomic_load_explicit(&kept->args, memory_order_relaxed);
	if (!copy)
		return;
	atomic_store_explicit(&kept->args, NULL, memory_order_relaxed);
	if (func->release)
		func->release(copy);
	free(copy);
}

/* Relaxed, here and in kept_addr(): who wrote it published the state that the
 * caller has read with acquire. */
const void *kept_args(const struct await *aw)
{
	struct kept *kept = entry(aw);

	return kept ? atomic_load_explicit(&kept->args, memory_order_relaxed) :
		      NULL;
}

const void *kept_addr(const struct await *aw)
{
	struct kept *kept = entry(aw);

	return kept ? atomic_load_explicit(&kept->addr, memory_order_relaxed) :
		      NULL;
}
