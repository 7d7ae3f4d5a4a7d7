/* SPDX-License-Identifier: MIT */
/*
 * Running the function of an await, in the thread that has claimed the await.
 *
 * A run is pushed on the thread's list; func->run() calls the function and
 * stores the value; the end of the run pops it and publishes the outcome. A
 * run() with arguments to release ends its run itself, by calling
 * await_core_finish(); for all others that is done here.
 *
 * What is returned is the result of the wait: 0 or a negative errno. It is
 * -ECANCELED also if the last reference was dropped meanwhile: then the await
 * has been ended.
 */
#pragma once

#include "common/assert.h"
#include "libawait/core/publish.h"
#include "libawait/core/sink.h"

/* Bits that make the end of a run more than publishing. */
#define ARMED_RUN_END (AWAIT_EVENT_BIT(AWAIT_EVENT_EXEC_END) | ARMED_ARGS)

/* Runs aw, which self has claimed. traced: emit EXEC_BEGIN if it is wanted, and
 * let the run be perturbed. */
int run_claimed(struct await *aw, struct thread *self, const void *addr,
		bool traced);
/* Claims and runs an await that this thread has just created and nobody else
 * has yet. */
COLD void run_new(struct await *aw, const void *addr);
/* run_fast() for an await without WATCH. Not inlined into waits: hits would pay
 * for the registers that it saves. */
NOINLINE int run_plain(struct await *aw, const struct await_func *func,
		       struct thread *self, const void *addr);

/* --- parts of run_fast(), which is inlined into first waits --- */

/* Emits EXEC_BEGIN, and records in notes what the end of the run will need. */
NOINLINE void emit_begin(struct run *run, struct run_notes *notes,
			 const void *frame);
/* Ends this thread's innermost run, which has nothing to release. */
int finish_plain(struct await *aw, int rc);
/* The same for a run that began untraced, whose notes are not set yet. */
NOINLINE int finish_fast(struct await *aw, int rc);
/* The rest of end_run() if other threads have set flags meanwhile: see
 * wake_or_end(). */
NOINLINE int end_disturbed(struct await *aw, uint32_t word, const void *addr);

/* run is on the stack of self, which has claimed aw. All uses of thread.run are
 * relaxed: its own thread alone writes it; debuggers read it while the thread
 * is stopped, others as cycle.c and snapshot.c say. */
static inline void begin_run(struct run *run, struct await *aw,
			     struct thread *self, const void *addr)
{
	run->aw = aw;
	run->outer = atomic_load_explicit(&self->run, memory_order_relaxed);
	run->addr = addr;
}

/* Pops run and publishes its outcome. Returns 0, or -ECANCELED if aw was
 * doomed: then it has been ended. */
static inline int end_run(struct await *aw, struct thread *self,
			  const struct run *run, int rc)
{
	uint32_t word;

	ASSERT(run->aw == aw &&
	       atomic_load_explicit(&self->run, memory_order_relaxed) == run);
	atomic_store_explicit(&self->run, run->outer, memory_order_relaxed);
	word = publish(aw, self, rc == 0 ? AWAIT_RESOLVED : AWAIT_FAILED);
	if (LIKELY(!(word & (FLAG_WAITERS | FLAG_DOOMED))))
		return 0;
	return end_disturbed(aw, word, run->addr);
}

/* Fast path of run_claimed() for a PENDING await whose run() does not call
 * await_core_finish(). watched: a consumer may want the end of the run; traced:
 * emit its begin. */
static inline __attribute__((always_inline)) int
run_fast(struct await *aw, const struct await_func *func, struct thread *self,
	 const void *addr, bool watched, bool traced)
{
	struct run run; /* notes are set if traced, or else by finish_fast() */
	struct run_notes notes;
	int rc;

	begin_run(&run, aw, self, addr);
	/* This is the first attempt, so the count is not at its maximum.
	 * Relaxed: see count_attempt(). */
	atomic_store_explicit(&aw->serial, serial_of(aw) + 1,
			      memory_order_relaxed);
	if (traced) {
		notes = (struct run_notes){ 0 };
		run.notes = NULL;
		trap_event(AWAIT_EVENT_EXEC_BEGIN, AWAIT_RUNNING, aw, addr, 0);
		if (sink_enabled(ARMED_RUN))
			emit_begin(&run, &notes, OUTER_FRAME());
	}
	atomic_store_explicit(&self->run, &run, memory_order_relaxed);
	rc = func->run(aw);
	/* Loaded from memory: keeping it in a register across the call costs
	 * more. */
	aw = run.aw;
	if (watched ? rc != 0 || any_consumer_enabled(ARMED_RUN_END) :
		      (uint32_t)rc | (armed_mask() & ARMED_RUN_END))
		return traced ? finish_plain(aw, rc) : finish_fast(aw, rc);
	return end_run(aw, thread_self_, &run, 0);
}
