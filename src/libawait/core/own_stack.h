/* SPDX-License-Identifier: MIT */
/* The stack that the calling thread was given. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct own_stack {
	uintptr_t from, to;
};

/* False where that is not known, as without /proc: then both are 0. Not for
 * signal handlers; the main thread reads /proc/self/maps. */
bool own_stack_find(struct own_stack *stack);

static inline bool own_stack_has(const struct own_stack *stack,
				 uintptr_t address)
{
	return address >= stack->from && address < stack->to;
}
