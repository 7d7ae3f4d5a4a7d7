/* SPDX-License-Identifier: MIT */
/*
 * Finds the awaits that an await refers to, for the search for cycles at exit.
 *
 * An await refers directly to those whose handles are words of its payload: of
 * its arguments while it has no value, then of its value. It refers through
 * memory to those whose handles are words of what its payload points to: of the
 * first SCANNED bytes of a block of malloc(), and no further than that reaches.
 * Nothing says where other memory ends, and what lies behind a variable is not
 * this await's, so that is not looked at; nor is text. Awaits that run, that
 * were cancelled, or whose library is gone refer to none.
 *
 * A word is a handle if it is the address of a slot: of a slab in a hash table
 * of all those that there were at the beginning. Slots are never unmapped; all
 * other memory is read with peek(), as other threads may run meanwhile and
 * unmap it.
 */
#include "libawait/diag/payload_refs.h"

#include "libawait/core/memory.h"
#include "libawait/diag/sites.h"
#include "libawait/inspect/peek.h"

#include <string.h>
#include <sys/mman.h>

#define WORD sizeof(uintptr_t)
#define PAGE 4096u

/* The part of an await's slot that is searched. */
struct payload {
	const char *words;
	uint32_t count;
	const struct descriptor
		*args; /* only words that are arguments of it; NULL: all */
	uint32_t kind; /* of all, if args is NULL */
};

/* --- slabs --- */

/* The first, or the one after the one that was copied; NULL at the end, which
 * a slab that was overwritten is, too. */
static const struct slab *next_slab(const struct slab *at, struct slab *copy)
{
	if (!at || !peek_all(copy, at, sizeof(*copy)) ||
	    !slab_is_believed(copy))
		return NULL;
	return at;
}

static uint32_t count_slabs(const struct slab *at, uint32_t *ids)
{
	uint32_t count = 0;
	struct slab copy;

	*ids = 1;
	for (; next_slab(at, &copy); at = copy.next, count++)
		if (*ids < copy.first_id + copy.count)
			*ids = (uint32_t)(copy.first_id + copy.count);
	return count;
}

static uint32_t place_of(uintptr_t address)
{
	return (uint32_t)(address / SLAB_SIZE) * 0x9e3779b1u;
}

static void put(struct refs *refs, const struct slab *slab)
{
	uint32_t i = place_of((uintptr_t)slab);

	/* There are at least twice as many places as slabs, so some are
	 * free. */
	while (refs->hash[i & refs->hash_mask])
		i++;
	refs->hash[i & refs->hash_mask] = slab;
}

bool refs_open(struct refs *refs)
{
	/* Acquire: partner of the release in slab_new(). */
	const struct slab *at =
		atomic_load_explicit(&await_slabs, memory_order_acquire);
	uint32_t count = count_slabs(at, &refs->ids), places = 2;
	struct slab copy;

	while (places < 2 * count)
		places *= 2;
	refs->map_size = (count + places) * sizeof(refs->slabs[0]);
	refs->slabs = memory_map(refs->map_size);
	if (!refs->slabs)
		return false;
	malloc_blocks_open(&refs->blocks);
	refs->hash = refs->slabs + count;
	refs->hash_mask = places - 1;
	refs->slab_count = count;
	/* The list begins with the newest. */
	for (; count > 0 && next_slab(at, &copy); at = copy.next) {
		refs->slabs[--count] = at;
		put(refs, at);
	}
	return count == 0;
}

void refs_close(struct refs *refs)
{
	munmap(refs->slabs, refs->map_size);
}

static const struct slab *slab_with(const struct refs *refs, uintptr_t address)
{
	uintptr_t base = address & ~(uintptr_t)(SLAB_SIZE - 1);
	const struct slab *slab;

	for (uint32_t i = place_of(base);; i++) {
		slab = refs->hash[i & refs->hash_mask];
		if (!slab || (uintptr_t)slab == base)
			return slab;
	}
}

/* The await whose handle is word, or NULL. */
static const struct await *await_at(const struct refs *refs, uintptr_t word)
{
	const struct slab *slab = slab_with(refs, word);
	uintptr_t offset;

	if (!slab)
		return NULL;
	/* For an address before the first slot this wraps round to an offset
	 * that is too large for any slot. */
	offset = word - (uintptr_t)slab - slab->first_slot;
	if (offset % slab->slot_size != 0 ||
	    offset / slab->slot_size >= slab->count ||
	    await_core_state((const struct await *)word) == AWAIT_FREE)
		return NULL;
	return (const struct await *)word;
}

/* --- the payload --- */

/* Reads a word of a slot that another thread may be writing: a race, which C
 * does not allow. Any value will do. */
__attribute__((noinline, no_sanitize_thread)) static uintptr_t
word_at(const void *at)
{
	typedef uintptr_t __attribute__((may_alias)) word;

	return *(const volatile word *)at;
}

/* The descriptor of aw's site; NULL if it cannot be read, or no longer. */
static const struct descriptor *descriptor_of(struct refs *refs,
					      const struct await *aw)
{
	const struct await_site *site =
		(const struct await_site *)word_at(&aw->site);
	const struct known_site *known = sites_find(site, await_core_id(aw));
	struct descriptor *d =
		&refs->descriptors[(uintptr_t)site / WORD % DESCRIPTORS];

	if (known && !known->present)
		return NULL;
	return descriptor_load(d, site) ? d : NULL;
}

static struct payload payload_of(struct refs *refs, const struct await *aw)
{
	/* Acquire: site and payload are read after it. */
	enum await_state state = await_core_state(aw);
	const struct descriptor *d = descriptor_of(refs, aw);
	uint64_t end = slab_of(aw)->slot_size, offset;
	struct payload payload = { .count = 0 };

	if (!d)
		return payload;
	if (state == AWAIT_RESOLVED) {
		offset = d->func.value_offset;
		payload.kind = d->type.kind;
		if (end > offset + d->type.size)
			end = offset + d->type.size;
	} else if (d->func.origin == AWAIT_LAZY &&
		   (state == AWAIT_PENDING || state == AWAIT_FAILED)) {
		offset = d->func.args_offset;
		if (d->func.arg_count == d->arg_count)
			payload.args = d;
	} else {
		return payload;
	}
	payload.words = (const char *)aw + offset;
	if (offset % WORD == 0 && offset < end)
		payload.count = (uint32_t)((end - offset) / WORD);
	return payload;
}

/* The kind of what a word lies within; false if that is no argument: what lies
 * between arguments may be left over from the slot's last await. */
static bool kind_of(const struct payload *payload, uint32_t word,
		    uint32_t *kind)
{
	uint64_t from = word * WORD;

	*kind = payload->kind;
	if (!payload->args)
		return true;
	for (uint32_t i = 0; i < payload->args->arg_count; i++) {
		const struct await_arg *arg = &payload->args->args[i];

		*kind = arg->kind;
		if (arg->offset <= from &&
		    (uint64_t)arg->offset + arg->size >= from + WORD)
			return true;
	}
	return false;
}

/* --- what it points to --- */

/* Kept until other memory is read: the same memory is often needed again. */
static void load_memory(struct refs *refs, uintptr_t at)
{
	size_t size;
	long n;

	if (refs->memory_at == at)
		return;
	refs->memory_at = at;
	refs->memory_count = 0;
	/* A pointer into a slot is skipped: what is there belongs to another
	 * await. */
	size = slab_with(refs, at) ? 0 : malloc_block_size(&refs->blocks, at);
	if (size > SCANNED)
		size = SCANNED;
	n = size > 0 ? peek(refs->memory, (const void *)at, size) : 0;
	if (n > 0)
		refs->memory_count = (uint32_t)((size_t)n / WORD);
}

static const struct await *next_direct(const struct refs *refs,
				       const struct payload *payload,
				       struct cursor *at)
{
	uint32_t word = at->word++, kind;

	if (!kind_of(payload, word, &kind))
		return NULL;
	return await_at(refs, word_at(payload->words + word * WORD));
}

static const struct await *next_through(struct refs *refs,
					const struct payload *payload,
					struct cursor *at)
{
	const struct await *found = NULL;
	uint32_t kind;

	if (kind_of(payload, at->word, &kind) && kind != AWAIT_KIND_STRING &&
	    kind != AWAIT_KIND_FLOAT) {
		load_memory(refs, word_at(payload->words + at->word * WORD));
		while (!found && at->behind < refs->memory_count)
			found = await_at(refs, refs->memory[at->behind++]);
	}
	if (!found) {
		at->word++;
		at->behind = 0;
	}
	return found;
}

const struct await *refs_next(struct refs *refs, const struct await *aw,
			      struct cursor *at)
{
	struct payload payload = payload_of(refs, aw);
	const struct await *found = NULL;

	while (!found) {
		if (at->word < payload.count) {
			found = at->through ? next_through(refs, &payload, at) :
					      next_direct(refs, &payload, at);
		} else if (!at->through) {
			*at = (struct cursor){ .through = true };
		} else {
			return NULL;
		}
	}
	return found;
}
