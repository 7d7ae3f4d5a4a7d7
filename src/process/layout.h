/* SPDX-License-Identifier: MIT */
/*
 * The debug block of one copy of libawait, read from the process and checked,
 * so that its offsets can be used without further checks.
 */
#pragma once

#include "process/procmem.h"

#include "abi/debug.h"

/* Fields lie within that many bytes of their record's beginning. */
#define RECORD_MAX 4096u

struct layout {
	struct await_debug_block abi; /* fields of later minors are 0 */
	uint64_t at;
	bool keeps; /* has slab_kept and the fields behind it */
	bool anys;  /* has anys and the fields behind it */
	bool names; /* has names and the fields behind it */
};

enum layout_result {
	LAYOUT_READ,
	LAYOUT_NONE,   /* no block, or one that is not ready: still loading */
	LAYOUT_REFUSED /* see why */
};
enum layout_result layout_read(struct layout *layout, struct memory *memory,
			       uint64_t at, struct trouble *why);

/* Bits of a state word that are neither state nor owner. */
static inline uint32_t layout_flags(const struct layout *layout)
{
	return ((1u << layout->abi.state_owner_shift) - 1) &
	       ~layout->abi.state_mask;
}
