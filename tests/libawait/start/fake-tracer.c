/* SPDX-License-Identifier: MIT */
/* What LIBAWAIT_TRACE loads in test_begin.py: says what it finds. */
#include <await/core.h>
#include <await/sink.h>

#include <stdio.h>

__attribute__((constructor)) static void loaded(void)
{
	printf("tracer: armed %#x\n",
	       atomic_load_explicit(&await_armed, memory_order_relaxed));
	fflush(stdout);
}
