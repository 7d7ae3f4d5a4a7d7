/* SPDX-License-Identifier: MIT */
/*
 * LIBAWAIT_DEBUG=args: keeps the arguments of an await after its run, and the
 * address of the wait that ran it, so that one can see what a value was made
 * from.
 *
 * Without this option a value takes the place of its arguments. With it they
 * are copied before the run; when that succeeds the copy belongs to the await,
 * in a table beside its slab, and their destructors run when the await ends
 * instead of when it resolves. A run whose copy finds no memory proceeds as if
 * the option were off.
 *
 * An entry is written by the runs of its await, before each is published, and
 * cleared by whoever ends the await: never both at once. Others only read.
 */
#include "libawait/core/saved_args.h"

#include "libawait/core/memory.h"
#include "libawait/core/sanitizer.h"
#include "libawait/core/slab.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* The entry of aw; NULL when its slab has no table. */
static struct saved_args *entry(const struct await *aw)
{
	struct slab *slab = slab_of(aw);
	/* Acquire: the entries are zero; partner: table_made(). */
	struct saved_args *table =
		atomic_load_explicit(&slab->saved_args, memory_order_acquire);

	return table ? &table[slab_index(slab, aw)] : NULL;
}

/* Maps the table of a slab, unless another thread is faster. False when memory
 * is out. */
static bool table_made(struct slab *slab)
{
	size_t size = slab->count * sizeof(struct saved_args);
	struct saved_args *made, *there = NULL;

	made = memory_map(size);
	if (!made)
		return false;
	/* Release: its entries are zero before it is found. Relaxed when
	 * another thread was faster: entry() looks again. */
	if (!atomic_compare_exchange_strong_explicit(&slab->saved_args, &there,
						     made, memory_order_release,
						     memory_order_relaxed))
		munmap(made, size);
	else
		sanitizer_add_root(made, size);
	return true;
}

static uint32_t size_of(const struct await_func *func)
{
	return func->slot_size - func->args_offset;
}

void *saved_args_copy(struct await *aw)
{
	const struct await_func *func = aw->site->func;
	void *copy;

	sanitizer_acquire(aw);
	if (!entry(aw) && !table_made(slab_of(aw)))
		return NULL;
	/* Those of C++ are no bytes that could be copied. */
	if (func->arg_count == 0 || func->flags & AWAIT_OF_CXX)
		return NULL;
	copy = memory_alloc(size_of(func));
	if (copy)
		memcpy(copy, (char *)aw + func->args_offset, size_of(func));
	return copy;
}

bool saved_args_commit(struct await *aw, void *copy, bool resolved,
		       const void *addr)
{
	struct saved_args *saved = entry(aw);

	if (!saved)
		return false;
	/* Relaxed, both: published with the outcome. */
	atomic_store_explicit(&saved->addr, addr, memory_order_relaxed);
	if (!copy)
		return false;
	if (!resolved) {
		free(copy);
		return false;
	}
	atomic_store_explicit(&saved->args, copy, memory_order_relaxed);
	return true;
}

void saved_args_end(struct await *aw)
{
	const struct await_func *func = aw->site->func;
	struct saved_args *saved = entry(aw);
	void *copy;

	if (!saved)
		return;
	/* Relaxed, all: a thread that ends an await has it to itself. */
	atomic_store_explicit(&saved->addr, NULL, memory_order_relaxed);
	copy = atomic_load_explicit(&saved->args, memory_order_relaxed);
	if (!copy)
		return;
	sanitizer_acquire(aw);
	atomic_store_explicit(&saved->args, NULL, memory_order_relaxed);
	if (func->release)
		func->release(copy);
	free(copy);
}

/* Relaxed, here and in saved_args_wait(): it was written before the state that
 * the caller has read with acquire was published. */
const void *saved_args_of(const struct await *aw)
{
	struct saved_args *saved = entry(aw);

	return saved ? atomic_load_explicit(&saved->args,
					    memory_order_relaxed) :
		       NULL;
}

const void *saved_args_wait(const struct await *aw)
{
	struct saved_args *saved = entry(aw);

	return saved ? atomic_load_explicit(&saved->addr,
					    memory_order_relaxed) :
		       NULL;
}
