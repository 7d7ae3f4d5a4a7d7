/* SPDX-License-Identifier: MIT */
/* Looking at awaits: reads, never runs, never blocks. */
#include "internal.h"

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

/* The counters below are relaxed: single words that order nothing. */
static uint32_t serial_of(const struct await *aw)
{
	return atomic_load_explicit(&((struct await *)aw)->serial,
				    memory_order_relaxed);
}

EXPORT uint64_t await_core_id(const struct await *aw)
{
	const struct slab *slab = slab_of(aw);
	uint32_t offset = (uint32_t)((const char *)aw - (const char *)slab) -
			  slab->first_slot;
	uint64_t generation = serial_of(aw) >> 8;

	return (generation << 32) + slab->first_id + offset / slab->slot_size;
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
