/* SPDX-License-Identifier: MIT */
/* Which awaits an await refers to. payload_refs.c says how that is found. */
#pragma once

#include "libawait/core/slab.h"
#include "libawait/inspect/snapshot.h"

#define SCANNED 512u
#define DESCRIPTORS 64u

/* Which reference of an await is next: first the direct ones, by word of its
 * payload; then those through memory, by word of what such a word points to. */
struct cursor {
	uint32_t word;
	uint16_t behind;
	bool through;
};

struct refs {
	const struct slab **slabs; /* oldest first; map_size bytes */
	const struct slab **hash;  /* of the same, by address */
	size_t map_size;
	uint32_t slab_count;
	uint32_t hash_mask;
	uint32_t ids; /* ids without generation are below */
	/* The memory that was read last, and the word before it. */
	uintptr_t memory_at;
	uint32_t memory_count;
	uintptr_t memory[1 + SCANNED / sizeof(uintptr_t)];
	struct descriptor descriptors[DESCRIPTORS];
};

/* Takes zeroed memory. False when memory is out. */
bool refs_open(struct refs *refs);
void refs_close(struct refs *refs);
/* The next await that aw refers to, or NULL. A cursor begins as zero. It was a
 * reference through memory if cursor->through is set afterwards. */
const struct await *refs_next(struct refs *refs, const struct await *aw,
			      struct cursor *at);
