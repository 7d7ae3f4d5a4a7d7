/* SPDX-License-Identifier: MIT */
/*
 * Threads that wait for one another for ever: each for an await that the next
 * one runs.
 *
 * One copy of libawait refuses the wait that would close a cycle (-EDEADLK),
 * but publishes it for a moment first; so a cycle is believed only if all of it
 * still stands a while later. What stays are cycles through two copies, each of
 * which knows only its part, and those of damaged processes.
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

/* Returns 0, or -1 when memory is out; to be freed even then. */
int cycles_find(struct cycles *cycles, const struct threads *threads,
		struct process *process);
void cycles_free(struct cycles *cycles);
