/* SPDX-License-Identifier: MIT */
/* How large the block is that malloc() gave. malloc_block.c says how it is
 * known. */
#pragma once

#include "libawait/core/own_stack.h"

#include <stddef.h>

/* What has to be found out once. */
struct malloc_blocks {
	struct own_stack stack;
	bool known; /* malloc() is one whose blocks we know */
};

void malloc_blocks_open(struct malloc_blocks *blocks);
/* The bytes of the block that begins at that address; 0 if none is known to. */
size_t malloc_block_size(const struct malloc_blocks *blocks, uintptr_t at);
