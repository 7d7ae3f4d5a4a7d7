/* SPDX-License-Identifier: MIT */
/* Queries of one await. They only read: they never run a function, and never
 * block. */
#include "libawait/core/handle.h"
#include "libawait/core/id.h"
#include "libawait/core/slab.h"

#include <await/inspect.h>

#include <errno.h>

EXPORT enum await_state await_core_state(const struct await *aw)
{
	/* Acquire: after RESOLVED the value may be read; partner:
	 * publish_outcome(). */
	return state_of(atomic_load_explicit(&((struct await *)aw)->state,
					     memory_order_acquire));
}

EXPORT uint64_t await_core_id(const struct await *aw)
{
	return slab_has_slot(aw) ? slot_id(aw, serial_of(aw)) : 0;
}

EXPORT int await_core_error(const struct await *aw)
{
	return atomic_load_explicit(&((struct await *)aw)->error,
				    memory_order_relaxed);
}

EXPORT unsigned await_core_attempts(const struct await *aw)
{
	return serial_of(aw) & SERIAL_ATTEMPTS;
}

EXPORT bool await_core_valid(const void *handle)
{
	return slab_has_slot(handle) && await_core_state(handle) != AWAIT_FREE;
}

EXPORT int await_core_peek(const struct await *aw, uint32_t layout)
{
	int rc = check_handle(aw, layout, "await_peek", CALL_SITE());

	if (rc != 0)
		return rc;
	return await_core_state(aw) == AWAIT_RESOLVED ? 0 : -EAGAIN;
}
