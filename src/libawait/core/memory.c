/* SPDX-License-Identifier: MIT */
/*
 * Every request for memory that the library makes, and those that
 * LIBAWAIT_DEBUG=fail-alloc=N refuses, so that tests can see what a program
 * gets where memory is out: nothing, and all that it had before.
 *
 * Requests are counted from 1 over all threads. fail-alloc=N refuses the Nth
 * alone, fail-alloc=N+ that and all later ones.
 */
#include "libawait/core/internal.h"

#include <stdlib.h>
#include <sys/mman.h>

/* Set while the library is loaded, constant from then on. */
static uint64_t first_refused, last_refused;
static AWAIT_ATOMIC(uint64_t) requests;

void memory_refuse(uint64_t first, uint64_t last)
{
	first_refused = first;
	last_refused = last;
}

bool memory_refused(void)
{
	uint64_t number;

	if (LIKELY(first_refused == 0))
		return false;
	/* Relaxed: a count, no more. */
	number = atomic_fetch_add_explicit(&requests, 1, memory_order_relaxed) +
		 1;
	return number >= first_refused && number <= last_refused;
}

void *memory_map(size_t size)
{
	void *map;

	if (memory_refused())
		return NULL;
	map = mmap(NULL, size, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	return map == MAP_FAILED ? NULL : map;
}

void *memory_alloc(size_t size)
{
	return memory_refused() ? NULL : malloc(size);
}
