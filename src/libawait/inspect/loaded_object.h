/* SPDX-License-Identifier: MIT */
/* Which shared object an address lies in, the program included. Include with
 * _GNU_SOURCE. */
#pragma once

#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>

/* False if it lies in none. Async-signal-safe, as dladdr() is not. */
static inline bool loaded_object_find(struct dl_find_object *found,
				      const void *address)
{
	return _dl_find_object((void *)(uintptr_t)address, found) == 0;
}
