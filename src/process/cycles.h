/* SPDX-License-Identifier: MIT */
/*
 * Deadlocks: threads that each wait for an await that the next one runs.
 *
 * Within one copy of libawait the wait that would close a cycle fails with
 * -EDEADLK. It is visible before that, and for as long as its thread is kept
 * from running, so a cycle within one copy is never told. What remains are
 * cycles through several copies, each of which knows its own part only. Threads
 * are read one after another; so such a cycle counts only if all of it is
 * unchanged, down to the attempt of each run, LASTS_MS later.
 */
#pragma once

#include "process/threads.h"

struct cycle {
	size_t *threads; /* indices; each waits for the next, the last for the
			  * first */
	size_t count;
};

struct cycles {
	struct cycle *cycles;
	size_t count;
};

/* Returns 0, or -1 when memory is out; free them either way. */
int cycles_find(struct cycles *cycles, const struct threads *threads,
		struct process *process);
void cycles_free(struct cycles *cycles);
