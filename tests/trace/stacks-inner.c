/* SPDX-License-Identifier: MIT */
/*
 * Run by test_stacks.py: a capture inside of a capture is empty. libawait does
 * not report what a sink does, so no await leads there; this links the tracer's
 * stacks themselves, and stands before a function that unwinders call.
 */
#define _GNU_SOURCE
#include "stack/stack.h"

#include <dlfcn.h>
#include <link.h>
#include <stdio.h>

static bool inside;
static unsigned int inner, empty;

__attribute__((noinline)) static void take(struct stack *stack)
{
	stack_capture(stack, (char *)__builtin_return_address(0) - 1, NULL);
	__asm__ volatile("");
}

int dl_iterate_phdr(int (*callback)(struct dl_phdr_info *, size_t, void *),
		    void *data)
{
	int (*real)(int (*)(struct dl_phdr_info *, size_t, void *), void *);
	struct stack stack;

	*(void **)&real = dlsym(RTLD_NEXT, "dl_iterate_phdr");
	if (inside) {
		take(&stack);
		inner++;
		empty += stack.count == 0 && stack.truncated == 1;
	}
	return real(callback, data);
}

int main(void)
{
	struct stack_options options;
	struct stack outer;

	stack_options(&options);
	stack_begin(&options);
	/* With a file that is new each capture counts files. */
	if (!dlopen("libutil.so.1", RTLD_LAZY))
		return 1;
	for (int i = 0; i < 2; i++) {
		inside = true;
		take(&outer);
		inside = false;
		printf("%s\n",
		       outer.count > 1 && !outer.truncated ? "whole" : "cut");
	}
	puts(inner > 1 && inner == empty ? "empty" : "not empty");
	return 0;
}
