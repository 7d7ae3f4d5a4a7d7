/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

#define STACK_MAX 64

struct stack {
	unsigned int count;
	unsigned int truncated; /* 1: there are more frames than STACK_MAX */
	uintptr_t pcs[STACK_MAX];
};

/* Makes libunwind load what it needs: its first use takes long and allocates.
 */
void stack_warm_up(void);

/*
 * The call stack from the frame of addr on, innermost first. The frames above
 * it, ours, are left out. Return addresses are lowered by one, so that all
 * point into calls, as addr does.
 */
void stack_capture(struct stack *stack, const void *addr);
