/* SPDX-License-Identifier: MIT */
/*
 * LIBAWAIT_DEBUG=args: arguments outlive the run, so that what a value was
 * made of can still be looked at.
 *
 * Without it a value takes the place of its arguments. With it they are copied
 * before the run; when that succeeds the copy belongs to the await, in a table
 * beside its slab, and their destructors run when the await ends instead of
 * when it resolves. A run whose copy found no memory goes as without it.
 *
 * An entry is written by the run that resolves, before that is published, and
 * cleared by who ends the await: never at once. Others only look.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static uint32_t index_of(const struct slab *slab, const struct await *aw)
{
	return (uint32_t)((const char *)aw - (const char *)slab -
			  slab->first_slot) /
	       slab->slot_size;
}

/* The entry of aw, in a table that is made here; NULL when memory is out. */
static AWAIT_ATOMIC(void *) * entry(struct await *aw)
{
	struct slab *slab = slab_of(aw);
	struct kept *made, *table;

	/* Acquire: its entries are zero; partner: the exchange below. */
	table = atomic_load_explicit(&slab->kept, memory_order_acquire);
	if (!table) {
		made = memory_map(slab->count * sizeof(*made));
		if (!made)
			return NULL;
		/* Release: the entries are zero before it is found; acquire:
		 * so are those of another thread's table. */
		if (atomic_compare_exchange_strong_explicit(
			    &slab->kept, &table, made, memory_order_acq_rel,
			    memory_order_acquire))
			table = made;
		else
			munmap(made, slab->count * sizeof(*made));
	}
	return &table[index_of(slab, aw)].args;
}

static uint32_t size_of(const struct await_func *func)
{
	return func->slot_size - func->args_offset;
}

void *kept_copy(struct await *aw)
{
	const struct await_func *func = aw->site->func;
	void *copy;

	if (func->arg_count == 0 || !entry(aw))
		return NULL;
	copy = memory_alloc(size_of(func));
	if (copy)
		memcpy(copy, object_payload(aw, func->args_offset),
		       size_of(func));
	return copy;
}

bool kept_keep(struct await *aw, void *copy, bool resolved)
{
	if (!copy)
		return false;
	if (!resolved) {
		free(copy);
		return false;
	}
	/* Relaxed: published with the value. */
	atomic_store_explicit(entry(aw), copy, memory_order_relaxed);
	return true;
}

void kept_end(struct await *aw)
{
	const struct await_func *func = aw->site->func;
	/* Acquire, and relaxed below: see kept_args(); whoever ends an await
	 * has it to itself. */
	struct kept *table =
		atomic_load_explicit(&slab_of(aw)->kept, memory_order_acquire);
	AWAIT_ATOMIC(void *) * args;
	void *copy;

	if (!table)
		return;
	args = &table[index_of(slab_of(aw), aw)].args;
	copy = atomic_load_explicit(args, memory_order_relaxed);
	if (!copy)
		return;
	atomic_store_explicit(args, NULL, memory_order_relaxed);
	if (func->release)
		func->release(copy);
	free(copy);
}

const void *kept_args(const struct await *aw)
{
	const struct slab *slab = slab_of(aw);
	/* Acquire: partner of entry(). */
	struct kept *table = atomic_load_explicit(&((struct slab *)slab)->kept,
						  memory_order_acquire);

	/* Relaxed: who wrote it published the state that the caller has read
	 * with acquire. */
	return table ? atomic_load_explicit(&table[index_of(slab, aw)].args,
					    memory_order_relaxed) :
		       NULL;
}
