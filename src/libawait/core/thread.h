/* SPDX-License-Identifier: MIT */
/*
 * The thread table, as others see it: which awaits a thread runs, and which one
 * it sleeps on. thread.c has the model.
 */
#pragma once

#include "libawait/core/state.h"

#include <stdbool.h>
#include <sys/single_threaded.h>

#define THREADS_MAX 65536u /* entry 0 stays unused */

/* A thread's record of one run of an await's function, outside of its stack:
 * see runs.h. */
struct run {
	struct await *aw;  /* NULL: its outcome is published */
	struct run *outer; /* the run that waits for this one, or NULL. Never
			    * changes, nor does next once it is not NULL */
	const void *addr;  /* user's call to wait, minus one */
	struct run *next;  /* for a run inside this one, or NULL */
	const void *frame; /* where that ends which called the function */
	/* What its end needs to know, if its begin was armed; 0 otherwise, and
	 * while the record is not in use. */
	uint64_t begin_ticks; /* 0: no sink wanted the end */
	void *saved;	      /* of saved_args_copy() */
	bool dropped; /* with aw NULL: its await was ended, as it was doomed */
};

/*
 * One entry per thread that uses awaits. Written by its own thread; read by
 * debuggers at any time and by other threads as noted.
 */
struct thread {
	_Alignas(64) AWAIT_ATOMIC(uint32_t) tid; /* 0: unused entry */
	uint32_t index;
	AWAIT_ATOMIC(struct run *) run;		 /* innermost, or NULL */
	AWAIT_ATOMIC(struct await *) blocked_on; /* the first, if several */
	const void *blocked_addr;
	AWAIT_ATOMIC(uint32_t) in_sink; /* 1 while in a sink's callback */
	uint32_t reserved;
	uint32_t running; /* state word of what it claims, without flags */
	AWAIT_ATOMIC(uint32_t) publishing; /* see asymmetric_barrier.c */
	/* The event for which it is in await_trap(), or NULL. */
	AWAIT_ATOMIC(const struct trap_event *) trapped;
	/* The record for a run inside no other. A cache line is full: each
	 * thread has its own, as run is written often. */
	struct run *first_run;
};

extern struct thread await_threads[THREADS_MAX];
extern AWAIT_ATOMIC(uint32_t) await_thread_count; /* entries ever used */
/* Of each thread that sleeps on several awaits: which (told.h). Beside the
 * entries, as it is rare. */
struct any;
extern AWAIT_ATOMIC(struct any *) await_any[THREADS_MAX];

extern __thread struct thread *thread_self_ HIDDEN
	__attribute__((tls_model("initial-exec")));
/* The same, but NULL with LIBAWAIT_DEBUG=check: then waits do not take the fast
 * paths, which check no handles. */
extern __thread struct thread *thread_unchecked_ HIDDEN
	__attribute__((tls_model("initial-exec")));
/* Sets what every thread that has an entry calls as it ends. Before the first
 * await is made. */
void thread_at_exit(void (*call)(void));
struct thread *thread_register(void);
void thread_lock(void);
void thread_unlock(void);
/* In a forked child, frees the entries of all threads but self, which may be
 * NULL. False if there never was another. */
bool thread_forget_others(struct thread *self);

/* This thread's entry; NULL if it has none and cannot get one. */
static inline struct thread *thread_self(void)
{
	return LIKELY(thread_self_ != NULL) ? thread_self_ : thread_register();
}

/* Whether this is the only thread: until the process starts another, plain
 * stores can replace atomic read-modify-writes. */
static inline bool thread_is_alone(void)
{
	return LIKELY(__libc_single_threaded);
}
