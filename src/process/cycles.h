/* SPDX-License-Identifier: MIT */
/*
 * Deadlocks: threads that each wait for an await that the next one runs.
 *
 * Within one copy of libawait, the wait that would close a cycle fails with
 * -EDEADLK, but it is visible for a moment before. So a cycle counts only if
 * all of it is unchanged LASTS_MS later. What remains are cycles through
 * several copies, each of which knows its own part only, and damaged processes.
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
