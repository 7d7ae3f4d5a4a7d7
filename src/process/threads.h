/* SPDX-License-Identifier: MIT */
/*
 * Which awaits each thread runs, nested, and which it sleeps on. Runs are
 * on the stacks of threads that keep running. So the chain of runs is read
 * twice, and in between each of its awaits must be found running on that
 * thread; otherwise the thread is read again, up to TRIES times. What is found
 * was true at one moment.
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
	struct slots_await on;	 /* the first, if it sleeps on several */
	uint32_t on_tid;	 /* the thread that runs it, or 0 */
	struct slots_await *any; /* all of those, or NULL */
	size_t any_count;
	bool moving; /* changed at every try: nothing else is known */
};

struct threads {
	struct thread_seen *threads;
	size_t count;
};

/* Reads the threads that run or wait for an await. Returns 0, or -1 when memory
 * is out; free them either way. */
int threads_read(struct threads *threads, struct process *process);
void threads_free(struct threads *threads);

/* How many threads wait for the pending promise that was seen in that copy, if
 * it has as many references; otherwise 0. All of them were seen to wait before
 * the references are read, and still do afterwards. Fewer references than
 * waiters say nothing: somebody's is shared. */
uint32_t threads_only_waiters(const struct threads *threads,
			      struct process_copy *copy,
			      const struct slots_await *seen);

/* The kernel's number of the thread with that index; 0 if there is none. */
uint32_t threads_tid(struct process_copy *copy, uint32_t index);
