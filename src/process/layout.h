/* SPDX-License-Identifier: MIT */
/*
 * One copy of libawait in a process: its debug block, read and checked, so
 * that who uses an offset of it need not.
 */
#pragma once

#include "process/procmem.h"

#include "abi/debug.h"

/* No field that is used lies further from its record's beginning. */
#define RECORD_MAX 4096u

struct layout {
	struct await_debug_block abi; /* what it lacks is 0 */
	uint64_t at;
	bool keeps; /* slab_kept and what follows are there */
};

enum layout_result {
	LAYOUT_READ,
	LAYOUT_NONE,   /* no block, or one that is not ready: still loading */
	LAYOUT_REFUSED /* says why */
};
enum layout_result layout_read(struct layout *layout, struct memory *memory,
			       uint64_t at, struct trouble *why);

/* Bits of a state word that are neither state nor owner. */
static inline uint32_t layout_flags(const struct layout *layout)
{
	return ((1u << layout->abi.state_owner_shift) - 1) &
	       ~layout->abi.state_mask;
}
