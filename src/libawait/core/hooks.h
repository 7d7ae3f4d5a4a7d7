/* SPDX-License-Identifier: MIT */
/*
 * All that the core calls in the rest of the library, which is built upon it.
 * The core is complete without the rest: core/hooks.c has a default table,
 * which does the least; start/hooks.c has another, which the linker prefers.
 *
 * Those beside which a bit of armed.h stands are called only while that is set,
 * so a program without debugging options pays nothing. Any thread may call
 * them. addr is the address of the user's call: see CALL_SITE().
 */
#pragma once

#include "libawait/core/thread.h"

struct wait_cycle;

struct core_hooks {
	/* Reads the options. Called before the first await of the process is
	 * made, and again at least by each thread's first use of the library:
	 * only the first call does anything. */
	void (*begin)(void);
	/* Called with a handle of an await that has ended, or of none: prints
	 * rc, a negative errno, and aborts. operation is the function that the
	 * user called. */
	void (*fatal)(const struct await *aw, const char *operation,
		      const void *addr, int rc);
	/* Called once or more as aw gets too many references to be counted: it
	 * never ends from then on. */
	void (*saturated)(const struct await *aw, const void *addr);

	/* Ends the runs that this thread has left: run_end_if_left(), which is
	 * of the core, but above those who call it. */
	void (*end_left)(struct thread *self, const void *addr, const void *sp);

	/* ARMED_CHECK: checks a handle, and returns what check_handle()
	 * does. */
	int (*handle_used)(const struct await *aw, uint32_t layout,
			   const char *operation, const void *addr);
	/* ARMED_CHECK: the same for operations that cannot return an error:
	 * aborts. */
	void (*reference_used)(const struct await *aw, const char *operation,
			       const void *addr);
	/* ARMED_CHECK: the last reference to an AWAIT_OWNED promise is gone,
	 * and its owner was not dropped. */
	void (*owner_lost)(const struct await *aw, const void *addr);
	/* ARMED_CHECK: takes a slot whose await has ended. Returns another one
	 * that can be used again, or NULL. */
	struct await *(*slot_freed)(struct await *aw);
	/* ARMED_CYCLES: a wait was refused, as it would have closed this cycle.
	 * No lock is held. */
	void (*cycle_refused)(const struct wait_cycle *cycle, const void *addr);

	/* ARMED_PERTURB: aw was created, and nobody has it yet. */
	void (*created)(struct await *aw, const void *addr);
	/* ARMED_PERTURB: a run begins: 0, or the error that it ends with
	 * instead of calling the function. */
	int (*run)(const struct await *aw);
	/* ARMED_PERTURB: this thread is about to claim aw, whose state word was
	 * *word. True if another thread ran aw instead: then *rc is the result
	 * of the wait. If false, *word is the state word now. */
	bool (*wait)(struct await *aw, uint32_t *word,
		     const struct timespec *deadline, const void *addr,
		     int *rc);
	/* ARMED_PERTURB: this thread is about to sleep; its edge is published.
	 */
	void (*sleeps)(void);
};

extern const struct core_hooks core_hooks HIDDEN;
