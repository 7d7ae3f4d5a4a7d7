/* SPDX-License-Identifier: MIT */
/*
 * Which awaits each thread runs, one inside the other, and which one it sleeps
 * on. Runs lie on the stacks of threads that run on: they are read twice, and
 * every await must be seen running, by that thread, in between; or the thread
 * is looked at again, a few times. What is told was so all at once.
 */
#pragma once

#include "process/process.h"

struct thread_seen {
	const struct process_copy *copy;
	uint32_t index; /* in the table: the owner in a state word */
	uint32_t tid;
	struct slots_await *runs; /* outermost first */
	size_t run_count;
	bool blocked;
	struct slots_await on;
	uint32_t on_tid; /* the thread that runs it, or 0 */
	bool moving;	 /* changed at each look: nothing of it is known */
};

struct threads {
	struct thread_seen *threads;
	size_t count;
};

/* Those that run or wait for something. Returns 0, or -1 when memory is out;
 * to be freed even then. */
int threads_read(struct threads *threads, struct process *process);
void threads_free(struct threads *threads);

/* The kernel's number of the thread with that index; 0 if there is none. */
uint32_t threads_tid(struct process_copy *copy, uint32_t index);
