/* SPDX-License-Identifier: MIT */
/* See own_stack.h. */
#define _GNU_SOURCE /* pthread_getattr_np */
#include "libawait/core/own_stack.h"

#include <pthread.h>

bool own_stack_find(struct own_stack *stack)
{
	pthread_attr_t attributes;
	void *low;
	size_t size;
	bool found;

	*stack = (struct own_stack){ 0 };
	if (pthread_getattr_np(pthread_self(), &attributes) != 0)
		return false;
	found = pthread_attr_getstack(&attributes, &low, &size) == 0;
	pthread_attr_destroy(&attributes);
	if (found)
		*stack = (struct own_stack){ (uintptr_t)low,
					     (uintptr_t)low + size };
	return found;
}
