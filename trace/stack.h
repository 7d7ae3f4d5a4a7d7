/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define STACK_MAX 64

struct stack {
	unsigned int count;
	unsigned int truncated; /* 1: frames were left out */
	uintptr_t pcs[STACK_MAX];
};

/* Reads the options, and makes the unwinder load what it needs: its first use
 * takes long and allocates. Once, before any capture. */
void stack_begin(void);

/*
 * The call stack from the frame of addr on, innermost first. The frames above
 * it, ours, are left out. Return addresses are lowered by one, so that all
 * point into calls, as addr does.
 */
void stack_capture(struct stack *stack, const void *addr);

/* --- stack-options.c --- */

struct stack_options {
	unsigned int depth; /* 1 to STACK_MAX */
	const struct unwinder *unwinder;
};

/* From the environment; says on stderr what is wrong there. */
void stack_options(struct stack_options *options);

/* --- stack-unwind.c --- */

struct unwinder {
	const char *name;
	/* Before its use, maybe repeatedly; false: the process lacks it. */
	bool (*load)(void);
	/* Return addresses, innermost first, from a frame of ours on. Caches
	 * of this thread must not be used if they are stale. */
	int (*walk)(void **pcs, int size, bool stale);
	/* Whether pc is in code that it can unwind. */
	bool (*covers)(uintptr_t pc);
	/* Files were unloaded: their code must be forgotten. */
	void (*flush)(void);
};

extern const struct unwinder unwinder_libunwind, unwinder_glibc;
