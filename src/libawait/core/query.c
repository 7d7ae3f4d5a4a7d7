/* SPDX-License-Identifier: MIT */
/* Looking at awaits: reads, never runs, never blocks. */
#include "libawait/inspect/describe.h"

#include <await/inspect.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

EXPORT enum await_state await_core_state(const struct await *aw)
{
	/* Acquire: after RESOLVED the value may be read; partner:
	 * wait_publish(). */
	return state_of(atomic_load_explicit(&((struct await *)aw)->state,
					     memory_order_acquire));
}

EXPORT uint64_t await_core_id(const struct await *aw)
{
	return inspect_id(aw, serial_of(aw));
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

EXPORT void await_core_die(const struct await *aw, int rc, const char *file,
			   int line)
{
	if (!aw) {
		dprintf(STDERR_FILENO,
			"await: %s:%d waited for NULL: was awaitable() out of "
			"memory?\n",
			file, line);
		abort();
	}
	dprintf(STDERR_FILENO,
		"await: #%llu %s, created at %s:%u, waited for at %s:%d, has "
		"no value: %d (%s)\n",
		(unsigned long long)await_core_id(aw), aw->site->func->name,
		aw->site->file, aw->site->line, file, line, rc, strerror(-rc));
	abort();
}

static bool is_slot_of(const struct slab *slab, const void *handle)
{
	/* Of the header and what is before it: so large that no slot is. */
	uintptr_t offset =
		(uintptr_t)handle - (uintptr_t)slab - slab->first_slot;

	return offset % slab->slot_size == 0 &&
	       offset / slab->slot_size < slab->count;
}

uint64_t inspect_last_id(const struct await *slot)
{
	return inspect_id(slot, serial_of(slot) - SERIAL_GENERATION_ONE);
}

bool inspect_is_slot(const void *handle)
{
	const struct slab *claimed = slab_of(handle);
	/* Acquire: the headers of all slabs are written; partner: the release
	 * in slab_new(). */
	const struct slab *slab =
		atomic_load_explicit(&await_slabs, memory_order_acquire);

	while (slab && slab != claimed)
		slab = slab->next;
	return slab && is_slot_of(slab, handle);
}

EXPORT bool await_core_valid(const void *handle)
{
	return inspect_is_slot(handle) &&
	       await_core_state(handle) != AWAIT_FREE;
}

EXPORT int await_core_peek(const struct await *aw, uint32_t layout)
{
	int rc = check_handle(aw, layout, "await_peek", CALL_SITE());

	if (rc != 0)
		return rc;
	return await_core_state(aw) == AWAIT_RESOLVED ? 0 : -EAGAIN;
}

EXPORT size_t await_each(int (*visit)(const struct await_info *info,
				      void *data),
			 void *data)
{
	/* Acquire: partner of the release in slab_new(). */
	const struct slab *slab =
		atomic_load_explicit(&await_slabs, memory_order_acquire);
	struct await_info info;
	size_t count = 0;

	for (; slab; slab = slab->next) {
		const char *slot = (const char *)slab + slab->first_slot;

		for (uint32_t i = 0; i < slab->count; i++) {
			if (snapshot_info(&info, (const void *)slot,
					  slab->first_id + i)) {
				count++;
				if (visit(&info, data) != 0)
					return count;
			}
			slot += slab->slot_size;
		}
	}
	return count;
}
