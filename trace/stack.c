/* SPDX-License-Identifier: MIT */
/*
 * Call stacks by libunwind's unw_backtrace(), which keeps a cache per thread
 * and is the fastest way to walk frames that have no frame pointers.
 */
#define UNW_LOCAL_ONLY
#include "stack.h"

#include <libunwind.h>
#include <string.h>

#define OURS_MAX 16 /* frames of the library and the tracer, at the most */

void stack_warm_up(void)
{
	void *pcs[4];

	unw_backtrace(pcs, 4);
}

/* The index of the frame that addr lies in; 0 when it is not found. */
static int find_frame(void *const *pcs, int count, uintptr_t addr)
{
	for (int i = 0; i < count && i < OURS_MAX; i++)
		if ((uintptr_t)pcs[i] - 1 == addr)
			return i;
	return 0;
}

void stack_capture(struct stack *stack, const void *addr)
{
	void *pcs[STACK_MAX + OURS_MAX];
	int count = unw_backtrace(pcs, STACK_MAX + OURS_MAX);
	int first;

	if (count < 0)
		count = 0;
	first = find_frame(pcs, count, (uintptr_t)addr);
	stack->truncated = count - first > STACK_MAX;
	stack->count =
		stack->truncated ? STACK_MAX : (unsigned int)(count - first);
	for (unsigned int i = 0; i < stack->count; i++)
		stack->pcs[i] = (uintptr_t)pcs[first + (int)i] - 1;
}
