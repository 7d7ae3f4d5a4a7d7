/* SPDX-License-Identifier: MIT */
/* See quarantine.h. It is a ring, in which each freed slot takes the next
 * place. */
#include "libawait/diag/quarantine.h"

#define QUARANTINE_SLOTS 65536u

static AWAIT_ATOMIC(struct await *) quarantine[QUARANTINE_SLOTS];
static AWAIT_ATOMIC(uint32_t) next;

struct await *quarantine_push(struct await *aw)
{
	/* Relaxed: it only numbers the places; the exchange orders what was
	 * done to the slots. */
	uint32_t at = atomic_fetch_add_explicit(&next, 1, memory_order_relaxed);

	/* Acquire and release: what was done to a slot before it went in comes
	 * before what is done after it came out; partner: itself. */
	return atomic_exchange_explicit(&quarantine[at % QUARANTINE_SLOTS], aw,
					memory_order_acq_rel);
}
