/* SPDX-License-Identifier: MIT */
/*
 * Requests for memory, all that the library makes by itself: each can be made
 * to fail (fail_alloc.h).
 */
#pragma once

#include <stddef.h>

/* Zeroed pages for munmap(), and bytes for free(). NULL when memory is out. */
void *memory_map(size_t size);
void *memory_alloc(size_t size);
