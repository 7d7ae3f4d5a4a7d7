/* SPDX-License-Identifier: MIT */
/*
 * LIBAWAIT_DEBUG=fail-alloc=N: allocations that fail, so that tests can see
 * what happens when memory is out: the operation fails, and nothing that the
 * program had before is lost.
 *
 * Allocations are counted from 1 over all threads. fail-alloc=N fails the Nth
 * alone, fail-alloc=N+ that and all later ones.
 */
#include "libawait/core/fail_alloc.h"

#include "libawait/core/compiler.h"

#include <await/core.h>

/* Set while the library is loaded, constant from then on. */
static uint64_t first_refused, last_refused;
static AWAIT_ATOMIC(uint64_t) requests;

void fail_alloc_set(uint64_t first, uint64_t last)
{
	first_refused = first;
	last_refused = last;
}

bool fail_alloc_now(void)
{
	uint64_t number;

	if (LIKELY(first_refused == 0))
		return false;
	/* Relaxed: a count, no more. */
	number = atomic_fetch_add_explicit(&requests, 1, memory_order_relaxed) +
		 1;
	return number >= first_refused && number <= last_refused;
}
