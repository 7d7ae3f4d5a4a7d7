/* SPDX-License-Identifier: MIT */
/* See memory.h. */
#include "libawait/core/memory.h"

#include "libawait/core/fail_alloc.h"

#include <stdlib.h>
#include <sys/mman.h>

void *memory_map(size_t size)
{
	void *map;

	if (fail_alloc_now())
		return NULL;
	map = mmap(NULL, size, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	return map == MAP_FAILED ? NULL : map;
}

void *memory_alloc(size_t size)
{
	return fail_alloc_now() ? NULL : malloc(size);
}
