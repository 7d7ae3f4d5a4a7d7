/* SPDX-License-Identifier: MIT */
/*
 * Call stacks, captured where an event happens, and the unwinders that walk
 * them. stack.c has the model.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct files;

#define STACK_MAX 64   /* most frames that the tracer records */
#define STACK_MOST 256 /* most frames of any stack */

struct stack_options {
	unsigned int depth; /* 1 to STACK_MAX */
	const struct unwinder *unwinder;
	/* Called before a capture, unless nothing was loaded since
	 * stack_begin(); or NULL. */
	void (*files_seen)(const struct files *files);
};

struct stack {
	unsigned int count;
	unsigned int truncated; /* 1: frames were left out */
	uintptr_t pcs[STACK_MAX];
};

/* Sets the options, and makes the unwinder load what it needs, as its first use
 * takes long and allocates. Call once, before any capture. */
void stack_begin(const struct stack_options *options);

/*
 * Captures the call stack from the frame of addr on, innermost first. Frames of
 * ours, which are inside that one, are left out. With a frame, which is that of
 * struct await_event, they are not even walked. Return addresses are lowered by
 * one, so that all point into calls, as addr does.
 */
void stack_capture(struct stack *stack, const void *addr, const void *frame);

/* The same with at most depth frames, up to STACK_MOST, stored in pcs. Returns
 * how many there are. */
unsigned int stack_walk(uintptr_t *pcs, unsigned int depth, const void *addr,
			const void *frame, unsigned int *truncated);

/* --- trace/stack_options.c --- */

/* Reads the options from the environment; prints what is wrong there to
 * stderr. */
void stack_options(struct stack_options *options);

/* --- unwinders.c --- */

struct unwinder {
	const char *name;
	/* To be called before its use, perhaps repeatedly. False if it is not
	 * available in this process. */
	bool (*load)(void);
	/* Stores return addresses, innermost first, beginning with a frame of
	 * ours. If stale, does not use caches of this thread. */
	int (*walk)(void **pcs, int size, bool stale);
	/* The same, but beginning with one frame of ours and continuing with
	 * the caller of the function that has this frame. NULL if it cannot.
	 * Must not be called if caches are stale. */
	int (*walk_from)(void **pcs, int size, const void *frame);
	/* Whether pc is in code that it can unwind. */
	bool (*covers)(uintptr_t pc);
	/* Called when files were unloaded: forgets their code. */
	void (*flush)(void);
};

extern const struct unwinder unwinder_libunwind, unwinder_glibc;
