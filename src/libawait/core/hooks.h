/* SPDX-License-Identifier: MIT */
/*
 * All that the core asks of the rest of the library, which is built upon it.
 * The core is whole without it: core/hooks.c has a table of its own that does
 * the least, and start/hooks.c one that the linker prefers to that.
 *
 * All but begin() and fatal() are called only while the bit of armed.h is set
 * that stands beside them; so a program without debugging options pays nothing.
 * They may be called by any thread. addr is the user's call, minus one.
 */
#pragma once

#include "libawait/core/thread.h"

struct wait_cycle;

struct core_hooks {
	/* Before the first await of the process is made: reads the options.
	 * Called again by each thread's first use of the library, also in
	 * begin() itself. */
	void (*begin)(void);
	/* A handle to an await that has ended, or to none: prints rc, a
	 * negative errno, and aborts. operation: the function that was called.
	 */
	void (*fatal)(const struct await *aw, const char *operation,
		      const void *addr, int rc);

	/* ARMED_CHECK: 0, or the error of a handle as check_handle() has it. */
	int (*handle_used)(const struct await *aw, uint32_t layout,
			   const char *operation, const void *addr);
	/* ARMED_CHECK: the same where no error can be returned: aborts. */
	void (*reference_used)(const struct await *aw, const char *operation,
			       const void *addr);
	/* ARMED_CHECK: a slot whose await has ended. It is the hook's from now
	 * on; the one that is returned, unless NULL, is free to be used. */
	struct await *(*slot_freed)(struct await *aw);
	/* ARMED_CYCLES: a wait was refused. No lock is held. */
	void (*cycle_refused)(const struct wait_cycle *cycle, const void *addr);

	/* ARMED_PERTURB: aw was created, and nobody has it yet. */
	void (*created)(struct await *aw, const void *addr);
	/* ARMED_PERTURB: a run begins: 0, or the error that it ends with
	 * instead of calling the function. */
	int (*run)(const struct await *aw);
	/* ARMED_PERTURB: whether another thread has run aw, which this one
	 * found as in *word and may claim; then *rc is the result of the wait.
	 * If not, *word is how it is now. */
	bool (*wait)(struct await *aw, uint32_t *word,
		     const struct timespec *deadline, const void *addr,
		     int *rc);
	/* ARMED_PERTURB: this thread is about to sleep; its edge is published.
	 */
	void (*sleeps)(void);
};

extern const struct core_hooks core_hooks HIDDEN;
