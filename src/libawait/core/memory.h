/* SPDX-License-Identifier: MIT */
/*
 * The library allocates all memory of its own here, so that any allocation can
 * be made to fail (fail_alloc.h).
 */
#pragma once

#include <stddef.h>

/* Zeroed pages, which munmap() frees, and bytes, which free() frees. NULL when
 * memory is out. */
void *memory_map(size_t size);
void *memory_alloc(size_t size);
