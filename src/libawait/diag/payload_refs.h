/* SPDX-License-Identifier: MIT */
/* Finds the awaits that an await refers to. payload_refs.c says how. */
#pragma once

#include "libawait/core/slab.h"
#include "libawait/diag/malloc_block.h"
#include "libawait/inspect/snapshot.h"

#define SCANNED 512u
#define DESCRIPTORS 64u

/* How far the references of an await have been searched: first the direct ones,
 * word by word of its payload; then those through memory, word by word of what
 * each such word points to. */
struct cursor {
	uint32_t word;
	uint16_t behind;
	bool through;
};

struct refs {
	const struct slab **slabs; /* oldest first; map_size bytes */
	const struct slab **hash;  /* hash table of the same, by address */
	size_t map_size;
	uint32_t slab_count;
	uint32_t hash_mask;
	uint32_t ids; /* all ids, without generation, are below */
	struct malloc_blocks blocks;
	/* The memory that was read last. */
	uintptr_t memory_at;
	uint32_t memory_count;
	uintptr_t memory[SCANNED / sizeof(uintptr_t)];
	struct descriptor descriptors[DESCRIPTORS];
};

/* refs must be zeroed. False when memory is out, or the list of slabs
 * changed. */
bool refs_open(struct refs *refs);
void refs_close(struct refs *refs);
/* The next await that aw refers to, or NULL. The cursor must be zeroed before
 * the first call. After a call, cursor->through says whether it was a reference
 * through memory. */
const struct await *refs_next(struct refs *refs, const struct await *aw,
			      struct cursor *at);
