/* SPDX-License-Identifier: MIT */
/*
 * The list of a thread's runs: which functions of awaits it is in, as far as it
 * is known without asking the stack.
 *
 * thread.run is the record of the innermost run. Records lie outside the stack
 * and are never freed: whoever looks at a thread, at any moment, follows no
 * frame that may be gone. Each thread has one from the beginning; more are
 * allocated where functions wait inside of functions.
 *
 * A function may leave without returning. An exception, pthread_exit() and
 * cancellation unwind the stack, and the frame that called the function ends
 * the run then (run.h). After longjmp() nothing does, and the list still says
 * that the thread is in the function. Such a run is *left*. run_is_live() tells
 * left runs from others, by the stack: run.c ends them as soon as the thread
 * comes to use its awaits again.
 *
 * All of this is called by the thread that the list belongs to.
 */
#pragma once

#include "libawait/core/compiler.h"
#include "libawait/core/thread.h"

/* The functions that call func->run() lie in a section of their own, by which
 * their frames are recognized. */
#define CALLS_FUNCTION __attribute__((section("await_calls")))

/* In run.frame: its function has returned, or will not, and its end is under
 * way: sinks are called, and destructors. */
#define RUN_IS_ENDING ((const void *)1)
/* It has ended while a run inside it had not, which happens where functions
 * switch stacks. Its record is free once it is the innermost. */
#define RUN_IS_OVER ((const void *)2)

/* Sees to it that runs_next() has a record. False when memory is out. */
bool runs_reserve(struct thread *self);

/*
 * Whether the thread, now at address sp of its stack, is still in run. addr is
 * the call to wait from which this is asked: a call that was once found to be
 * inside a run of the same function, at the same distance from it, is not asked
 * for twice. Where the stack does not tell (functions on stacks of their own,
 * or code without unwind tables) a run is taken to be live.
 */
bool run_is_live(const struct run *run, const void *addr, const void *sp);
/* As run_is_live(), always found out by unwinding the stack. */
bool run_is_on_stack(const struct run *run, const void *sp);

/* The innermost run, or NULL. Relaxed: its own thread alone changes it. */
static inline struct run *runs_innermost(const struct thread *self)
{
	return atomic_load_explicit(&((struct thread *)self)->run,
				    memory_order_relaxed);
}

/* Release: whoever reads it finds a record that is filled; partner: the
 * acquire loads of other threads, and debuggers. */
static inline void runs_set_innermost(struct thread *self, struct run *run)
{
	atomic_store_explicit(&self->run, run, memory_order_release);
}

/* The record for the next run. NULL: see runs_reserve(). */
static inline struct run *runs_next(const struct thread *self)
{
	struct run *innermost = runs_innermost(self);

	return innermost ? innermost->next : self->first_run;
}
