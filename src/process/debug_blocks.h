/* SPDX-License-Identifier: MIT */
/*
 * Finds the debug blocks of libawait (src/abi/debug.h) in a process. Each copy
 * has one, whether it is libawait.so, linked into the program, or part of a
 * library that was loaded later.
 *
 * The section .await_debug of a mapped file gives the address. If the file can
 * no longer be read (deleted, replaced, without section headers), its mappings
 * are searched for the block's magic number.
 */
#pragma once

#include "process/maps.h"

/* Calls found with the address of each, and the mapping that contains it. Other
 * data may look like a block, so the caller has to check it. */
void blocks_find(struct memory *memory, const struct maps *maps,
		 void (*found)(void *data, uint64_t at, const struct map *map),
		 void *data);
