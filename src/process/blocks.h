/* SPDX-License-Identifier: MIT */
/*
 * Where the debug blocks of libawait (src/abi/debug.h) may lie in a process:
 * one for each copy, be it libawait.so, linked into the program, or in a
 * library that was loaded late.
 *
 * The section .await_debug says so, in the file that is mapped. A file that
 * cannot be read any more (deleted, replaced, without section headers) is
 * searched for the block's magic number where it lies in memory.
 */
#pragma once

#include "process/maps.h"

/* Calls found with the address of each, and what it is a part of. A place that
 * only looks like one is possible: the caller checks. */
void blocks_find(struct memory *memory, const struct maps *maps,
		 void (*found)(void *data, uint64_t at, const struct map *map),
		 void *data);
