/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define STACK_MAX 64   /* of the tracer */
#define STACK_MOST 256 /* of anybody */

struct stack_options {
	unsigned int depth; /* 1 to STACK_MAX */
	const struct unwinder *unwinder;
};

struct stack {
	unsigned int count;
	unsigned int truncated; /* 1: frames were left out */
	uintptr_t pcs[STACK_MAX];
};

/* Makes the unwinder load what it needs: its first use takes long and
 * allocates. Once, before any capture. */
void stack_begin(const struct stack_options *options);

/*
 * The call stack from the frame of addr on, innermost first. The frames above
 * it, ours, are left out, and with a frame, as struct await_event has it, not
 * even walked. Return addresses are lowered by one, so that all point into
 * calls, as addr does.
 */
void stack_capture(struct stack *stack, const void *addr, const void *frame);

/* The same, of so many frames, up to STACK_MOST. Returns how many there are. */
unsigned int stack_walk(uintptr_t *pcs, unsigned int depth, const void *addr,
			const void *frame, unsigned int *truncated);

/* --- trace/stack_options.c --- */

/* From the environment; says on stderr what is wrong there. */
void stack_options(struct stack_options *options);

/* --- unwinders.c --- */

struct unwinder {
	const char *name;
	/* Before its use, maybe repeatedly; false: the process lacks it. */
	bool (*load)(void);
	/* Return addresses, innermost first, from a frame of ours on. Caches
	 * of this thread must not be used if they are stale. */
	int (*walk)(void **pcs, int size, bool stale);
	/* The same from one frame of ours and then the caller's of the function
	 * that has this frame; NULL: it cannot. Not if caches are stale. */
	int (*walk_from)(void **pcs, int size, const void *frame);
	/* Whether pc is in code that it can unwind. */
	bool (*covers)(uintptr_t pc);
	/* Files were unloaded: their code must be forgotten. */
	void (*flush)(void);
};

extern const struct unwinder unwinder_libunwind, unwinder_glibc;
