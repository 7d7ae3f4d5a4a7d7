/* SPDX-License-Identifier: MIT */
/*
 * See quarantine.h. It is a ring, in which each freed slot takes the next
 * place.
 *
 * Where a program has the address sanitizer, it is told that nobody may use the
 * payload of a slot that is in here: so it reports a value that is read or
 * written after the last reference. The head stays as it is, for every stale
 * handle to be judged by it.
 */
#include "libawait/diag/quarantine.h"

#include "libawait/core/sanitizer.h"
#include "libawait/core/slab.h"

#define QUARANTINE_SLOTS 65536u

static AWAIT_ATOMIC(struct await *) quarantine[QUARANTINE_SLOTS];
static AWAIT_ATOMIC(uint32_t) next;

static size_t payload_size(const struct await *aw)
{
	return slab_of(aw)->slot_size - sizeof(*aw);
}

struct await *quarantine_push(struct await *aw)
{
	struct await *old;
	/* Relaxed: it only numbers the places; the exchange orders what was
	 * done to the slots. */
	uint32_t at = atomic_fetch_add_explicit(&next, 1, memory_order_relaxed);

	sanitizer_forbid(aw + 1, payload_size(aw));
	/* Acquire and release: what was done to a slot before it went in comes
	 * before what is done after it came out; partner: itself. */
	old = atomic_exchange_explicit(&quarantine[at % QUARANTINE_SLOTS], aw,
				       memory_order_acq_rel);
	if (old)
		sanitizer_allow(old + 1, payload_size(old));
	return old;
}
